package io.roomcast.room;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Handles posted events in order on a shared executor, on one thread at a time. Events that are posted during a run are
 * handled by the next run as one batch: so load makes batches larger, and no timer is needed. A run is bounded in time
 * and in events, so that other lanes get the thread. The next run begins with the events that are left.
 *
 * <p><b>Concurrency.</b> The monitor guards {@code gathering}, {@code gatheringBytes} and {@code scheduled}. The
 * consumer runs outside of it, on one executor thread at a time. Each run happens-after the one before, so that the
 * consumer's state needs no lock. Work that a run has started elsewhere may retain the lane until it is done; the next
 * run happens-after that work, too.
 */
final class Lane<E> {
    private record Posted<E>(E event, int bytes, long at) {}

    /** After this time a run ends as soon as the consumer allows, so that other lanes get the thread. */
    static final long SLICE_NANOS = 1_000_000;

    /** Most events of a run. */
    private static final int SLICE_EVENTS = 1_024;

    private final Executor executor;
    private final Predicate<E> consumer;
    private final Runnable afterRun;
    private final LagBudget budget;
    private final LongSupplier nanoClock;
    /** Counts the run itself, and the work that it started elsewhere. */
    private final AtomicInteger unfinished = new AtomicInteger();

    private ArrayDeque<Posted<E>> gathering = new ArrayDeque<>(0);
    private long gatheringBytes;
    private boolean scheduled;

    /**
     * @param consumer handles one event after the other; returns whether the run may end after it
     * @param afterRun called at the end of each run
     * @param nanoClock as {@link System#nanoTime}
     */
    Lane(Executor executor, Predicate<E> consumer, Runnable afterRun, LagBudget budget, LongSupplier nanoClock) {
        this.executor = executor;
        this.consumer = consumer;
        this.afterRun = afterRun;
        this.budget = budget;
        this.nanoClock = nanoClock;
    }

    /** Appends an event and returns. Any thread. */
    void post(E event) {
        synchronized (this) {
            if (!append(event, 0)) {
                return;
            }
        }
        executor.execute(this::run);
    }

    /**
     * As {@link #post}, if the event fits.
     *
     * @param bytes size of the event
     * @return false if the event would exceed the budget; while no bytes wait here, an event of any size is accepted
     */
    boolean offer(E event, int bytes) {
        synchronized (this) {
            if (gatheringBytes > 0 && !budget.allows(gatheringBytes, bytes)) {
                return false;
            }
            if (!append(event, bytes)) {
                return true;
            }
        }
        executor.execute(this::run);
        return true;
    }

    /** @return whether the caller has to schedule a run */
    private boolean append(E event, int bytes) {
        gathering.add(new Posted<>(event, bytes, nanoClock.getAsLong()));
        changeBytes(bytes);
        boolean idle = !scheduled;
        scheduled = true;
        return idle;
    }

    private void changeBytes(long more) {
        gatheringBytes += more;
        budget.add(more);
    }

    /** Number of waiting events. Any thread. */
    synchronized int waiting() {
        return gathering.size();
    }

    /** How much waits, and for how long. Any thread. */
    synchronized Room.LaneLoad load() {
        Posted<E> first = gathering.peek();
        return first == null
                ? Room.LaneLoad.NONE
                : new Room.LaneLoad(gathering.size(), gatheringBytes, nanoClock.getAsLong() - first.at);
    }

    /** Called during a run: the next run waits for the matching {@link #release}. */
    void retain() {
        unfinished.incrementAndGet();
    }

    /** Ends a {@link #retain}. Any thread. */
    void release() {
        if (unfinished.decrementAndGet() == 0 && hasMore()) {
            executor.execute(this::run);
        }
    }

    private void run() {
        retain();
        try {
            work();
        } finally {
            release();
        }
    }

    private void work() {
        long began = nanoClock.getAsLong();
        int left = Math.min(waiting(), SLICE_EVENTS);
        try {
            boolean mayEnd = false;
            while (left-- > 0 && !(mayEnd && nanoClock.getAsLong() - began >= SLICE_NANOS)) {
                mayEnd = consumer.test(next());
            }
        } finally {
            afterRun.run();
        }
    }

    private synchronized E next() {
        Posted<E> next = gathering.remove();
        changeBytes(-next.bytes);
        if (gathering.isEmpty()) {
            gathering = new ArrayDeque<>(0); // Releases the memory of the old queue, which may have grown.
        }
        return next.event;
    }

    private synchronized boolean hasMore() {
        scheduled = !gathering.isEmpty();
        return scheduled;
    }
}
