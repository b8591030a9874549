package io.roomcast.room;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Handles posted events in order on a shared executor, on one thread at a time. A <i>run</i> is one task on the
 * executor, which handles many events. The next run handles the events that are posted during a run as one batch. So
 * load makes batches larger, and no timer is needed. A run is bounded in time and in events, so that other lanes get
 * the thread. The next run begins with the events that are left.
 *
 * <p><b>Concurrency.</b> The monitor guards {@code waiting}, {@code waitingBytes} and {@code runIsScheduled}. The
 * consumer runs outside the monitor, on one executor thread at a time. Each run happens-after the previous run. So the
 * consumer's state needs no lock. A run may start work on other threads. That work may retain the lane until it is
 * done. The next run happens-after that work, too.
 */
final class Lane<E> {
    private record Posted<E>(E event, int bytes, long postedAt) {}

    /** After this many nanoseconds, a run ends as soon as the consumer allows, so that other lanes get the thread. */
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

    private ArrayDeque<Posted<E>> waiting = new ArrayDeque<>(0);
    private long waitingBytes;
    /** Whether a run is scheduled or not finished. */
    private boolean runIsScheduled;

    /**
     * @param consumer handles one event after the other; returns whether the run may end after this event
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
     * As {@link #post}, if the event is within the budget.
     *
     * @param bytes size of the event
     * @return false if the event would exceed the budget; an event of any size is accepted if no bytes wait in this
     *     lane
     */
    boolean offer(E event, int bytes) {
        synchronized (this) {
            if (waitingBytes > 0 && !budget.allows(waitingBytes, bytes)) {
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
        waiting.add(new Posted<>(event, bytes, nanoClock.getAsLong()));
        addWaitingBytes(bytes);
        boolean mustSchedule = !runIsScheduled;
        runIsScheduled = true;
        return mustSchedule;
    }

    private void addWaitingBytes(long more) {
        waitingBytes += more;
        budget.add(more);
    }

    /** Number of waiting events. Any thread. */
    synchronized int waitingEvents() {
        return waiting.size();
    }

    /** How much waits, and for how long. Any thread. */
    synchronized Room.LaneLoad load() {
        Posted<E> first = waiting.peek();
        return first == null
                ? Room.LaneLoad.NONE
                : new Room.LaneLoad(waiting.size(), waitingBytes, nanoClock.getAsLong() - first.postedAt);
    }

    /** Delays the next run until the matching {@link #release}. Called during a run. */
    void retain() {
        unfinished.incrementAndGet();
    }

    /** Ends a {@link #retain}. Any thread. */
    void release() {
        if (unfinished.decrementAndGet() == 0 && claimNextRun()) {
            executor.execute(this::run);
        }
    }

    private void run() {
        retain();
        try {
            handleWaiting();
        } finally {
            release();
        }
    }

    private void handleWaiting() {
        long began = nanoClock.getAsLong();
        int left = Math.min(waitingEvents(), SLICE_EVENTS);
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
        Posted<E> next = waiting.remove();
        addWaitingBytes(-next.bytes);
        if (waiting.isEmpty()) {
            waiting = new ArrayDeque<>(0); // Releases the memory of the old queue, which may have grown.
        }
        return next.event;
    }

    /** @return whether events wait; the caller must schedule the next run then */
    private synchronized boolean claimNextRun() {
        runIsScheduled = !waiting.isEmpty();
        return runIsScheduled;
    }
}
