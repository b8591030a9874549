package io.roomcast.local;

import java.util.Arrays;

/**
 * The idempotency keys that a room has seen, oldest first, each with the offset of its message: a ring of numbers, and a hash table of places in the ring
 * (linear probing, deletion by shifting back: Knuth, The Art of Computer Programming, 6.4, algorithm R). There are no objects for a key, and what all cost is
 * known to the byte. Not thread-safe.
 */
final class SeenKeys {
    private static final int SMALLEST = 8;
    /** A digest, an offset, a time, and two places in the table, which is never more than half full. */
    private static final int BYTES_EACH = 2 * Long.BYTES + Long.BYTES + Long.BYTES + 2 * Integer.BYTES;

    private static final int ARRAY_HEADERS = 5 * 16;
    private static final int NONE = -1;

    private long[] highs = {};
    private long[] lows = {};
    private long[] offsets = {};
    private long[] times = {};
    /** Places in the ring, by digest; {@link #NONE} where no key is. */
    private int[] table = {};

    private int oldest;
    private int size;

    /** The offset of the message that came with this key, or 0. */
    long find(KeyDigest key) {
        if (size == 0) {
            return 0;
        }
        for (int i = home(key.low()); table[i] != NONE; i = next(i)) {
            if (lows[table[i]] == key.low() && highs[table[i]] == key.high()) {
                return offsets[table[i]];
            }
        }
        return 0;
    }

    /**
     * Remembers a key that is not known.
     *
     * @param at milliseconds; not before the last one's
     */
    void add(KeyDigest key, long offset, long at) {
        if (size == highs.length) {
            resize(grown());
        }
        int place = (oldest + size++) & (highs.length - 1);
        highs[place] = key.high();
        lows[place] = key.low();
        offsets[place] = offset;
        times[place] = at;
        enter(place);
    }

    /** Forgets the keys that came before {@code time}. */
    void removeBefore(long time) {
        int before = size;
        while (size > 0 && times[oldest] < time) {
            remove(oldest);
            oldest = (oldest + 1) & (highs.length - 1);
            size--;
        }
        if (size == 0 && before > 0) {
            resize(0);
        } else if (size < before && highs.length > SMALLEST && size <= highs.length / 4) {
            resize(Math.max(SMALLEST, 2 * Integer.highestOneBit(size)));
        }
    }

    int size() {
        return size;
    }

    /** Bytes of heap. */
    long heap() {
        return heap(highs.length);
    }

    /** Bytes of heap that there will be with one more. */
    long heapWithOneMore() {
        return heap(size == highs.length ? grown() : highs.length);
    }

    private static long heap(int capacity) {
        return capacity == 0 ? 0 : ARRAY_HEADERS + (long) BYTES_EACH * capacity;
    }

    private int grown() {
        return highs.length == 0 ? SMALLEST : 2 * highs.length;
    }

    private void resize(int capacity) {
        highs = moved(highs, capacity);
        lows = moved(lows, capacity);
        offsets = moved(offsets, capacity);
        times = moved(times, capacity);
        oldest = 0;
        table = new int[2 * capacity];
        Arrays.fill(table, NONE);
        for (int place = 0; place < size; place++) {
            enter(place);
        }
    }

    private long[] moved(long[] from, int capacity) {
        long[] to = new long[capacity];
        int first = Math.min(size, from.length - oldest);
        System.arraycopy(from, oldest, to, 0, first);
        System.arraycopy(from, 0, to, first, size - first);
        return to;
    }

    private void enter(int place) {
        int i = home(lows[place]);
        while (table[i] != NONE) {
            i = next(i);
        }
        table[i] = place;
    }

    private void remove(int place) {
        int hole = home(lows[place]);
        while (table[hole] != place) {
            hole = next(hole);
        }
        for (int i = next(hole); table[i] != NONE; i = next(i)) {
            // Whoever would be found before the hole stays; the others would be looked for in vain behind it.
            int distance = (i - home(lows[table[i]])) & (table.length - 1);
            if (distance >= ((i - hole) & (table.length - 1))) {
                table[hole] = table[i];
                hole = i;
            }
        }
        table[hole] = NONE;
    }

    private int home(long low) {
        return (int) low & (table.length - 1);
    }

    private int next(int i) {
        return (i + 1) & (table.length - 1);
    }
}
