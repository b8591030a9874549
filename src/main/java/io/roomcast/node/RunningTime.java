package io.roomcast.node;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A clock that counts the time in which this node ran, in nanoseconds since an arbitrary moment. The clock measures how
 * long a client has been silent. A process that is stopped, gets no CPU or is on a paused machine receives nothing. The
 * time of such a pause must not count as silence of a client.
 *
 * <p>{@link #markRunning} must be called every second. Between two calls, the clock advances by at most
 * {@link #MAX_STEP_NANOS}.
 *
 * <p><b>Concurrency.</b> One thread at a time may call {@link #markRunning}. Any thread may read the time.
 */
public final class RunningTime implements LongSupplier {
    /**
     * Longer than the time between two calls of {@link #markRunning} on a node that runs, even on a busy node.
     */
    static final long MAX_STEP_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * @param clockNanos reading of {@code nanoClock} at the call of {@link #markRunning}
     * @param ranNanos reading of this clock at that call
     */
    private record Mark(long clockNanos, long ranNanos) {}

    private final LongSupplier nanoClock;
    private volatile Mark last;

    /** @param nanoClock as {@link System#nanoTime}; must not be a clock that can be set */
    public RunningTime(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.last = new Mark(nanoClock.getAsLong(), 0);
    }

    @Override
    public long getAsLong() {
        return since(last, nanoClock.getAsLong());
    }

    /** Records that the node runs now. Must be called every second. */
    public void markRunning() {
        long now = nanoClock.getAsLong();
        last = new Mark(now, since(last, now));
    }

    private static long since(Mark mark, long now) {
        return mark.ranNanos() + Math.min(now - mark.clockNanos(), MAX_STEP_NANOS);
    }
}
