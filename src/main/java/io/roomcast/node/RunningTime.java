package io.roomcast.node;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Time in which this node ran, in nanoseconds since some moment. Silence of clients is measured in it: while the
 * process is stopped, starved or on a paused machine it hears nobody, and that is not the clients' fault.
 *
 * <p>A beat comes every second. If one is late, the time goes on by {@link #LONGEST_STEP} at most until it comes.
 *
 * <p><b>Concurrency.</b> One thread at a time beats; any thread asks.
 */
public final class RunningTime implements LongSupplier {
    /** On a node that runs, beats come closer together than this, however busy it is. */
    static final long LONGEST_STEP = TimeUnit.SECONDS.toNanos(2);

    private record Mark(long at, long ran) {}

    private final LongSupplier nanoClock;
    private volatile Mark last;

    /** @param nanoClock as {@link System#nanoTime}; not one that somebody can set */
    public RunningTime(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.last = new Mark(nanoClock.getAsLong(), 0);
    }

    @Override
    public long getAsLong() {
        return since(last, nanoClock.getAsLong());
    }

    /** The node runs. */
    public void beat() {
        long now = nanoClock.getAsLong();
        last = new Mark(now, since(last, now));
    }

    private static long since(Mark mark, long now) {
        return mark.ran() + Math.min(now - mark.at(), LONGEST_STEP);
    }
}
