package io.roomcast.local;

import java.util.Arrays;

/**
 * The idempotency keys that a room has seen, oldest first, each with the offset of its message.
 *
 * <p>Parallel arrays form a ring buffer of keys. The index of a key in these arrays is its <i>slot</i>. A hash table of
 * <i>buckets</i> finds the slot of a key. The table uses linear probing, and it deletes by shifting entries back: see
 * Knuth, <i>The Art of Computer Programming</i>, 6.4, algorithm R. A key needs no object of its own, so that the memory
 * can be computed. Not thread-safe.
 */
final class SeenKeys {
    /** Least length of the arrays that hold keys. A power of two. */
    private static final int MIN_CAPACITY = 8;
    /** A digest, an offset, a time, and two buckets, since the table is at most half full. */
    private static final int BYTES_PER_KEY = 2 * Long.BYTES + Long.BYTES + Long.BYTES + 2 * Integer.BYTES;

    /** Bytes of heap of the headers of five arrays. */
    private static final int ARRAY_HEADERS = 5 * 16;

    private static final int EMPTY = -1;

    /** The high 64 bits of the key's digest, by slot. */
    private long[] highs = {};
    /** The low 64 bits of the key's digest, by slot. */
    private long[] lows = {};
    /** The offset of the key's message, by slot. */
    private long[] offsets = {};
    /** When the key was added, in milliseconds, by slot. */
    private long[] times = {};
    /**
     * The hash table. Each bucket contains the slot of a key, or {@link #EMPTY}. The length is a power of two, or 0.
     */
    private int[] buckets = {};

    /** Slot of the oldest key. */
    private int oldest;

    /** Number of keys. */
    private int size;

    /** The offset of the message with this key, or 0 if the key is unknown. */
    long find(KeyDigest key) {
        if (size == 0) {
            return 0;
        }
        for (int bucket = homeBucket(key.low()); buckets[bucket] != EMPTY; bucket = nextBucket(bucket)) {
            if (lows[buckets[bucket]] == key.low() && highs[buckets[bucket]] == key.high()) {
                return offsets[buckets[bucket]];
            }
        }
        return 0;
    }

    /**
     * Adds a key. If the room has seen it, the key is remembered from now on, with the same offset.
     *
     * @param at time in milliseconds, not before the time of the last key
     */
    void add(KeyDigest key, long offset, long at) {
        if (size == highs.length) {
            resize(grownCapacity());
        }
        int slot = (oldest + size++) & (highs.length - 1);
        highs[slot] = key.high();
        lows[slot] = key.low();
        offsets[slot] = offset;
        times[slot] = at;
        insert(slot);
    }

    /**
     * Removes the keys that were added before {@code time}, in milliseconds. Gives memory back if few keys are left.
     */
    void removeBefore(long time) {
        int sizeBefore = size;
        while (size > 0 && times[oldest] < time) {
            remove(oldest);
            oldest = (oldest + 1) & (highs.length - 1);
            size--;
        }
        if (size == 0 && sizeBefore > 0) {
            resize(0);
        } else if (size < sizeBefore && highs.length > MIN_CAPACITY && size <= highs.length / 4) {
            resize(Math.max(MIN_CAPACITY, 2 * Integer.highestOneBit(size)));
        }
    }

    int size() {
        return size;
    }

    /** Bytes of heap of the arrays. */
    long heapBytes() {
        return heapBytes(highs.length);
    }

    /** Bytes of heap after one more key is added. */
    long heapBytesWithOneMore() {
        return heapBytes(size == highs.length ? grownCapacity() : highs.length);
    }

    /** Bytes of heap of the arrays for so many keys, which is more than none. */
    static long heapBytesOf(int keys) {
        return heapBytes(Math.max(MIN_CAPACITY, 2 * Integer.highestOneBit(keys - 1)));
    }

    private static long heapBytes(int capacity) {
        return capacity == 0 ? 0 : ARRAY_HEADERS + (long) BYTES_PER_KEY * capacity;
    }

    private int grownCapacity() {
        return highs.length == 0 ? MIN_CAPACITY : 2 * highs.length;
    }

    private void resize(int capacity) {
        highs = resized(highs, capacity);
        lows = resized(lows, capacity);
        offsets = resized(offsets, capacity);
        times = resized(times, capacity);
        oldest = 0;
        buckets = new int[2 * capacity];
        Arrays.fill(buckets, EMPTY);
        for (int slot = 0; slot < size; slot++) {
            insert(slot);
        }
    }

    private long[] resized(long[] from, int capacity) {
        long[] to = new long[capacity];
        int untilEnd = Math.min(size, from.length - oldest);
        System.arraycopy(from, oldest, to, 0, untilEnd);
        System.arraycopy(from, 0, to, untilEnd, size - untilEnd);
        return to;
    }

    /** Enters the slot into the first empty bucket for its key. */
    private void insert(int slot) {
        int bucket = homeBucket(lows[slot]);
        while (buckets[bucket] != EMPTY) {
            bucket = nextBucket(bucket);
        }
        buckets[bucket] = slot;
    }

    /** Removes the slot from its bucket. The key stays in the ring. */
    private void remove(int slot) {
        int emptyBucket = homeBucket(lows[slot]);
        while (buckets[emptyBucket] != slot) {
            emptyBucket = nextBucket(emptyBucket);
        }
        for (int bucket = nextBucket(emptyBucket); buckets[bucket] != EMPTY; bucket = nextBucket(bucket)) {
            // A search for this key would stop at an empty bucket on its way. So the key moves into that bucket.
            int distance = (bucket - homeBucket(lows[buckets[bucket]])) & (buckets.length - 1);
            if (distance >= ((bucket - emptyBucket) & (buckets.length - 1))) {
                buckets[emptyBucket] = buckets[bucket];
                emptyBucket = bucket;
            }
        }
        buckets[emptyBucket] = EMPTY;
    }

    /** The bucket at which the search for a key begins. */
    private int homeBucket(long low) {
        return (int) low & (buckets.length - 1);
    }

    private int nextBucket(int bucket) {
        return (bucket + 1) & (buckets.length - 1);
    }
}
