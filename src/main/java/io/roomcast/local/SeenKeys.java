package io.roomcast.local;

import java.util.Arrays;

/**
 * The idempotency keys that a room has seen, oldest first, each with the offset of its message. Parallel arrays form a
 * ring of keys; a hash table contains slots of the ring. The table uses linear probing, and deletion by shifting back:
 * Knuth, <i>The Art of Computer Programming</i>, 6.4, algorithm R. A key needs no object of its own, so that the memory
 * can be computed. Not thread-safe.
 */
final class SeenKeys {
    private static final int MIN_CAPACITY = 8;
    /** A digest, an offset, a time, and two table entries: the table is at most half full. */
    private static final int BYTES_PER_KEY = 2 * Long.BYTES + Long.BYTES + Long.BYTES + 2 * Integer.BYTES;

    private static final int ARRAY_HEADERS = 5 * 16;
    private static final int EMPTY = -1;

    private long[] highs = {};
    private long[] lows = {};
    private long[] offsets = {};
    private long[] times = {};
    /** Slots of the ring, hashed by the digest of their key; {@link #EMPTY} for an unused entry. */
    private int[] table = {};

    /** Slot of the oldest key. */
    private int oldest;

    private int size;

    /** The offset of the message with this key, or 0 if the key is unknown. */
    long find(KeyDigest key) {
        if (size == 0) {
            return 0;
        }
        for (int i = home(key.low()); table[i] != EMPTY; i = next(i)) {
            if (lows[table[i]] == key.low() && highs[table[i]] == key.high()) {
                return offsets[table[i]];
            }
        }
        return 0;
    }

    /**
     * Adds a key that is not known yet.
     *
     * @param at time in milliseconds, at least that of the last key
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

    /** Removes the keys that were added before {@code time}. */
    void removeBefore(long time) {
        int before = size;
        while (size > 0 && times[oldest] < time) {
            remove(oldest);
            oldest = (oldest + 1) & (highs.length - 1);
            size--;
        }
        if (size == 0 && before > 0) {
            resize(0);
        } else if (size < before && highs.length > MIN_CAPACITY && size <= highs.length / 4) {
            resize(Math.max(MIN_CAPACITY, 2 * Integer.highestOneBit(size)));
        }
    }

    int size() {
        return size;
    }

    /** Bytes of heap. */
    long heap() {
        return heap(highs.length);
    }

    /** Bytes of heap after one more key is added. */
    long heapWithOneMore() {
        return heap(size == highs.length ? grownCapacity() : highs.length);
    }

    private static long heap(int capacity) {
        return capacity == 0 ? 0 : ARRAY_HEADERS + (long) BYTES_PER_KEY * capacity;
    }

    private int grownCapacity() {
        return highs.length == 0 ? MIN_CAPACITY : 2 * highs.length;
    }

    private void resize(int capacity) {
        highs = copied(highs, capacity);
        lows = copied(lows, capacity);
        offsets = copied(offsets, capacity);
        times = copied(times, capacity);
        oldest = 0;
        table = new int[2 * capacity];
        Arrays.fill(table, EMPTY);
        for (int slot = 0; slot < size; slot++) {
            insert(slot);
        }
    }

    private long[] copied(long[] from, int capacity) {
        long[] to = new long[capacity];
        int first = Math.min(size, from.length - oldest);
        System.arraycopy(from, oldest, to, 0, first);
        System.arraycopy(from, 0, to, first, size - first);
        return to;
    }

    private void insert(int slot) {
        int i = home(lows[slot]);
        while (table[i] != EMPTY) {
            i = next(i);
        }
        table[i] = slot;
    }

    private void remove(int slot) {
        int hole = home(lows[slot]);
        while (table[hole] != slot) {
            hole = next(hole);
        }
        for (int i = next(hole); table[i] != EMPTY; i = next(i)) {
            // If the search for this entry passes the hole, it would stop there: so the entry moves into the hole.
            int distance = (i - home(lows[table[i]])) & (table.length - 1);
            if (distance >= ((i - hole) & (table.length - 1))) {
                table[hole] = table[i];
                hole = i;
            }
        }
        table[hole] = EMPTY;
    }

    private int home(long low) {
        return (int) low & (table.length - 1);
    }

    private int next(int i) {
        return (i + 1) & (table.length - 1);
    }
}
