package io.roomcast.room;

import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
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
 * Paces the replay of missed messages to returning members, for all rooms of a node together. So members that return
 * all at once leave bandwidth to the others. Each permit is for one page. While the rate suffices, a permit is granted
 * at once. Else permits are granted in the order of the requests.
 *
 * <p>This is the generic cell rate algorithm (GCRA, virtual scheduling) of ITU-T I.371, which acts like a token bucket.
 * A page takes as much time as its bytes divided by the rate. {@code theoreticalArrival} is the TAT of the algorithm:
 * the time at which all granted pages would have been sent at the rate. Unused time is saved up to
 * {@link #BURST_NANOS}. The size of a page is known only after the page was read, and a page must not be read before it
 * may be sent. So a permit costs a full page first. Its release corrects this cost to the bytes that were sent.
 *
 * <p><b>Concurrency.</b> Any thread may call any method. This object's monitor guards all state, also the state of the
 * permits. The monitor is never held while a callback runs. A tick of the timer, which grants permits, is scheduled
 * only while a member waits for a permit. A member that leaves releases its permit. If the permit is granted at that
 * moment, its bytes are returned, and the callback finds that the member has left.
 */
public final class ReplayPacer {
    /** Most unused time that is saved, in nanoseconds. The bytes of this time may be sent at once. */
    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1) / 16;

    private static final long TICK_MILLIS = 5;
    private static final double SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private enum State {
        NONE,
        WAITING,
        GRANTED
    }

    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final NodeMetrics metrics;
    private final Set<Permit> waiting = new LinkedHashSet<>();
    private long bytesPerSecond;
    private long theoreticalArrival;
    private boolean tickIsScheduled;

    /**
     * @param bytesPerSecond 0 for no bound
     * @param nanoClock as {@link System#nanoTime}
     * @param metrics records the wait of each permit that was not granted at once
     */
    public ReplayPacer(
            long bytesPerSecond, ScheduledExecutorService timer, LongSupplier nanoClock, NodeMetrics metrics) {
        this.bytesPerSecond = bytesPerSecond;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.metrics = metrics;
        this.theoreticalArrival = nanoClock.getAsLong() - BURST_NANOS;
    }

    /** @param newBytesPerSecond the new rate; 0 for no bound */
    public synchronized void setRate(long newBytesPerSecond) {
        long now = nanoClock.getAsLong();
        bytesPerSecond = newBytesPerSecond;
        // A debt from a lower rate is forgiven.
        theoreticalArrival = Math.min(theoreticalArrival - now, 0) + now;
    }

    private boolean mayGrant(long now) {
        return bytesPerSecond == 0 || theoreticalArrival - now <= 0;
    }

    /** Charges the time that these bytes take; a negative number of bytes returns time. */
    private void charge(long bytes) {
        if (bytesPerSecond > 0) {
            theoreticalArrival += (long) (bytes * SECOND_NANOS / bytesPerSecond);
        }
    }

    private void grant(Permit permit, long now) {
        theoreticalArrival = Math.max(theoreticalArrival - now, -BURST_NANOS) + now;
        charge(Recovery.PAGE_BYTES);
        permit.state = State.GRANTED;
    }

    private void scheduleTick() {
        tickIsScheduled = !waiting.isEmpty();
        if (!tickIsScheduled) {
            return;
        }
        try {
            var unused = timer.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The node is stopping, and no further permit is granted.
            waiting.clear();
        }
    }

    private void tick() {
        List<Runnable> granted = new ArrayList<>();
        synchronized (this) {
            long now = nanoClock.getAsLong();
            for (Iterator<Permit> each = waiting.iterator(); each.hasNext() && mayGrant(now); ) {
                Permit permit = each.next();
                each.remove();
                grant(permit, now);
                metrics.record(Latency.REPLAY_WAIT, now - permit.waitStart);
                granted.add(permit.onGranted);
            }
            scheduleTick();
        }
        granted.forEach(Runnable::run);
    }

    /** Makes a permit for a member that begins to catch up. It is not granted yet. */
    Permit newPermit() {
        return new Permit();
    }

    /** The permit of one member to send a page. It is acquired and released for each page. */
    final class Permit {
        private State state = State.NONE;
        private Runnable onGranted;
        /** When the wait began, in nanoseconds of the clock. */
        private long waitStart;

        /**
         * Asks for the permit to send a page. Does nothing if the permit is granted or awaited already.
         *
         * @param callback called when the permit is granted, if it is not granted at once; runs on the timer's thread
         *     and must be short
         * @return whether the permit is granted now
         */
        boolean acquire(Runnable callback) {
            synchronized (ReplayPacer.this) {
                if (state == State.NONE) {
                    long now = nanoClock.getAsLong();
                    if (waiting.isEmpty() && mayGrant(now)) {
                        grant(this, now);
                    } else {
                        enqueue(callback, now);
                    }
                }
                return state == State.GRANTED;
            }
        }

        private void enqueue(Runnable callback, long now) {
            state = State.WAITING;
            onGranted = callback;
            waitStart = now;
            waiting.add(this);
            if (!tickIsScheduled) {
                scheduleTick();
            }
        }

        /**
         * Returns the permit, or ends the wait for it. Does nothing if the permit is neither granted nor awaited.
         *
         * @param bytes size of the page that was sent; 0 if none was sent
         */
        void release(long bytes) {
            synchronized (ReplayPacer.this) {
                if (state == State.GRANTED) {
                    charge(bytes - Recovery.PAGE_BYTES);
                } else if (state == State.WAITING) {
                    waiting.remove(this);
                }
                state = State.NONE;
                onGranted = null;
            }
        }
    }
}
