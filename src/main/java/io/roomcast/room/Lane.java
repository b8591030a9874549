package io.roomcast.room;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Runs what is posted in order, on a shared executor, at most one task at a time; what gathers while it runs comes as one batch
 * the next time. Load makes batches larger by itself, and no timer is needed. A run ends after a while, for others to have the thread; what
 * it did not come to stays in front.
 *
 * <p><b>Concurrency.</b> {@code gathering}, {@code gatheringBytes} and {@code scheduled} are guarded by the monitor. The consumer runs outside of it,
 * on one executor thread at a time; each run happens-after the one before, so the consumer's state needs no lock of its own. What a run has
 * started elsewhere may hold the lane until it is done; the next run happens-after that too.
 */
final class Lane<E> {
    private record Posted<E>(E event, int bytes, long at) {}

    /** How long a run goes on, so that a busy room hands its thread back now and then. */
    static final long SLICE_NANOS = 1_000_000;

    /** Posts that one run takes at most, however quickly they go. */
    private static final int SLICE = 1_024;

    private final Executor executor;
    private final Predicate<E> consumer;
    private final Runnable end;
    private final LagBudget budget;
    private final LongSupplier nanoClock;
    /** The run itself, and what it started elsewhere. */
    private final AtomicInteger holds = new AtomicInteger();

    private ArrayDeque<Posted<E>> gathering = new ArrayDeque<>(0);
    private long gatheringBytes;
    private boolean scheduled;

    /**
     * @param consumer is given what was posted, one after the other; returns whether a run may end with it
     * @param end of each run; the next may be a while
     * @param nanoClock as {@link System#nanoTime}
     */
    Lane(Executor executor, Predicate<E> consumer, Runnable end, LagBudget budget, LongSupplier nanoClock) {
        this.executor = executor;
        this.consumer = consumer;
        this.end = end;
        this.budget = budget;
        this.nanoClock = nanoClock;
    }

    /** Appends and returns; any thread. */
    void post(E event) {
        synchronized (this) {
            if (!append(event, 0)) {
                return;
            }
        }
        executor.execute(this::run);
    }

    /**
     * As {@link #post}, unless there is no room.
     *
     * @param bytes that the event holds
     * @return false when more would wait than may; what waits alone may have any size
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

    /** @return whether the lane has to be run */
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

    /** How much waits; any thread. */
    synchronized int waiting() {
        return gathering.size();
    }

    /** What waits and since when; any thread. */
    synchronized Room.Backlog backlog() {
        Posted<E> first = gathering.peek();
        return first == null
                ? Room.Backlog.NONE
                : new Room.Backlog(gathering.size(), gatheringBytes, nanoClock.getAsLong() - first.at);
    }

    /** From within a run: there is no next one before the {@link #release} that belongs to this. */
    void hold() {
        holds.incrementAndGet();
    }

    /** What held the lane is done; any thread. */
    void release() {
        if (holds.decrementAndGet() == 0 && hasMore()) {
            executor.execute(this::run);
        }
    }

    private void run() {
        hold();
        try {
            work();
        } finally {
            release();
        }
    }

    private void work() {
        long began = nanoClock.getAsLong();
        int left = Math.min(waiting(), SLICE);
        try {
            boolean mayEnd = false;
            while (left-- > 0 && !(mayEnd && nanoClock.getAsLong() - began >= SLICE_NANOS)) {
                mayEnd = consumer.test(next());
            }
        } finally {
            end.run();
        }
    }

    private synchronized E next() {
        Posted<E> next = gathering.remove();
        changeBytes(-next.bytes);
        if (gathering.isEmpty()) {
            gathering = new ArrayDeque<>(0); // It may have grown.
        }
        return next.event;
    }

    private synchronized boolean hasMore() {
        scheduled = !gathering.isEmpty();
        return scheduled;
    }
}
