package io.roomcast.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts durations in buckets with fixed bounds. Any thread may record and read. Recording does not allocate or block.
 */
public final class Histogram {
    /**
     * Inclusive upper bounds in nanoseconds. The least is a fast local delivery; the greatest is a delay that a person
     * takes for a failure.
     */
    private static final long[] BOUNDS = {
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        25_000_000,
        50_000_000,
        100_000_000,
        250_000_000,
        500_000_000,
        1_000_000_000,
        2_500_000_000L,
        5_000_000_000L,
        10_000_000_000L
    };

    private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
    private final LongAdder sum = new LongAdder();

    public Histogram() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    public void record(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS.length && nanos > BOUNDS[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sum.add(nanos);
    }

    /** The inclusive upper bounds of all buckets except the last, in nanoseconds. The last bucket has no bound. */
    public static long[] bounds() {
        return BOUNDS.clone();
    }

    /** The number of durations in each bucket. There is one bucket more than there are bounds. */
    public long[] counts() {
        long[] copy = new long[counts.length];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = counts[i].sum();
        }
        return copy;
    }

    public long sumNanos() {
        return sum.sum();
    }
}
