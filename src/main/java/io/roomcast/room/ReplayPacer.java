package io.roomcast.room;

import io.roomcast.metrics.Histogram;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How fast a node gives returning members what they missed, all rooms together, so that a crowd that comes back at once leaves time for everybody else.
 * One member, or a few, never wait for it. Where more is wanted, members take turns, a page each, in the order in which they asked.
 *
 * <p>A page takes time, its bytes over the rate, and {@code takenUntil} says how much time is taken; what was left unused counts up to {@link #BURST_NANOS}.
 * This is the virtual scheduling algorithm of ITU-T I.371, a token bucket without a refill. A page's size is known only when it was
 * read, and what may not be sent yet must not be read: so a turn takes the time of a whole page first, and gives back what it did not need.
 *
 * <p><b>Concurrency.</b> Any thread may call anything. All state, that of the turns too, is guarded by this object's monitor, which is never held
 * while a member is let on. A tick is scheduled while somebody waits; an idle node has none. Whoever leaves is waited for no more: a turn that ends while
 * it is being given is given back, and the member that is let on is found to have left.
 */
public final class ReplayPacer {
    /** What nobody used for so long may be used at once. */
    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1) / 16;

    private static final long TICK_MILLIS = 5;
    private static final double SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private enum State {
        NONE,
        WAITS,
        HAS
    }

    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final Histogram waits;
    private final Set<Turn> waiting = new LinkedHashSet<>();
    private long bytesPerSecond;
    private long takenUntil;
    private boolean ticking;

    /**
     * @param bytesPerSecond 0 for as fast as they read
     * @param nanoClock as {@link System#nanoTime}
     * @param waits is told how long each turn was waited for, of those that were
     */
    public ReplayPacer(long bytesPerSecond, ScheduledExecutorService timer, LongSupplier nanoClock, Histogram waits) {
        this.bytesPerSecond = bytesPerSecond;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.waits = waits;
        this.takenUntil = nanoClock.getAsLong() - BURST_NANOS;
    }

    /** Another rate, for what comes from now on. */
    public synchronized void change(long bytes) {
        long now = nanoClock.getAsLong();
        bytesPerSecond = bytes;
        // What was taken at a rate that was far lower would keep everybody waiting.
        takenUntil = Math.min(takenUntil - now, 0) + now;
    }

    private boolean isFree(long now) {
        return bytesPerSecond == 0 || takenUntil - now <= 0;
    }

    private void take(long bytes) {
        if (bytesPerSecond > 0) {
            takenUntil += (long) (bytes * SECOND_NANOS / bytesPerSecond);
        }
    }

    private void give(Turn turn, long now) {
        takenUntil = Math.max(takenUntil - now, -BURST_NANOS) + now;
        take(Recovery.PAGE_BYTES);
        turn.state = State.HAS;
    }

    private void scheduleTick() {
        ticking = !waiting.isEmpty();
        if (!ticking) {
            return;
        }
        try {
            var unused = timer.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The node is ending, and nobody is let on any more.
            waiting.clear();
        }
    }

    private void tick() {
        List<Runnable> letOn = new ArrayList<>();
        synchronized (this) {
            long now = nanoClock.getAsLong();
            for (Iterator<Turn> each = waiting.iterator(); each.hasNext() && isFree(now); ) {
                Turn turn = each.next();
                each.remove();
                give(turn, now);
                waits.record(now - turn.since);
                letOn.add(turn.letOn);
            }
            scheduleTick();
        }
        letOn.forEach(Runnable::run);
    }

    /** For a member that begins to catch up. */
    Turn turn() {
        return new Turn();
    }

    /** What a member asks with, for one page after the other. */
    final class Turn {
        private State state = State.NONE;
        private Runnable letOn;
        private long since;

        /**
         * @param next asks again, once it is this member's turn; runs on the timer's thread and must be short
         * @return whether it is the member's turn
         */
        boolean begin(Runnable next) {
            synchronized (ReplayPacer.this) {
                if (state == State.NONE) {
                    long now = nanoClock.getAsLong();
                    if (waiting.isEmpty() && isFree(now)) {
                        give(this, now);
                    } else {
                        await(next, now);
                    }
                }
                return state == State.HAS;
            }
        }

        private void await(Runnable next, long now) {
            state = State.WAITS;
            letOn = next;
            since = now;
            waiting.add(this);
            if (!ticking) {
                scheduleTick();
            }
        }

        /**
         * The turn, or the wait for it, is over.
         *
         * @param bytes that were sent
         */
        void end(long bytes) {
            synchronized (ReplayPacer.this) {
                if (state == State.HAS) {
                    take(bytes - Recovery.PAGE_BYTES);
                } else if (state == State.WAITS) {
                    waiting.remove(this);
                }
                state = State.NONE;
                letOn = null;
            }
        }
    }
}
