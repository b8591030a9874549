package io.roomcast.local;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps the beginnings of commits apart. A commit costs about the same for one message and for a hundred, so that under load
 * those of some milliseconds share one. A node on which less is published waits for nothing. Used by one thread.
 */
final class CommitPace {
    /** A publish on a busy node is acknowledged later by half of this, on average. */
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private final LongSupplier nanoClock;
    private long last;

    /** @param nanoClock as {@link System#nanoTime} */
    CommitPace(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.last = nanoClock.getAsLong() - INTERVAL_NANOS;
    }

    /** Waits until the next commit may begin. */
    void await() throws InterruptedException {
        long left = last + INTERVAL_NANOS - nanoClock.getAsLong();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, INTERVAL_NANOS));
        }
        last = nanoClock.getAsLong();
    }
}
