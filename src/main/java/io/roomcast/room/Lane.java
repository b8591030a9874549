package io.roomcast.room;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs what is posted in order, on a shared executor, at most one task at a time; what gathers while it runs comes as one batch
 * the next time. Load makes batches larger by itself, and no timer is needed.
 *
 * <p><b>Concurrency.</b> {@code gathering} and {@code scheduled} are guarded by the monitor. The consumer runs outside of it, on one
 * executor thread at a time; each run happens-after the one before, so the consumer's state needs no lock of its own. What a run has
 * started elsewhere may hold the lane until it is done; the next run happens-after that too.
 */
final class Lane<E> {
    /** Posts that one run takes at most, so that a busy room hands its thread back now and then. */
    private static final int SLICE = 1_024;

    private final Executor executor;
    private final Consumer<List<E>> consumer;
    private final LagBudget budget;
    /** The run itself, and what it started elsewhere. */
    private final AtomicInteger holds = new AtomicInteger();

    private List<E> gathering = new ArrayList<>();
    private long gatheringBytes;
    private long gatheringSince;
    private boolean scheduled;

    Lane(Executor executor, Consumer<List<E>> consumer, LagBudget budget) {
        this.executor = executor;
        this.consumer = consumer;
        this.budget = budget;
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
            budget.add(bytes);
            if (!append(event, bytes)) {
                return true;
            }
        }
        executor.execute(this::run);
        return true;
    }

    /** @return whether the lane has to be run */
    private boolean append(E event, int bytes) {
        if (gathering.isEmpty()) {
            gatheringSince = System.nanoTime();
        }
        gathering.add(event);
        gatheringBytes += bytes;
        boolean idle = !scheduled;
        scheduled = true;
        return idle;
    }

    /** How much waits; any thread. */
    synchronized int waiting() {
        return gathering.size();
    }

    /** What waits and since when; any thread. */
    synchronized Room.Backlog backlog() {
        return gathering.isEmpty()
                ? Room.Backlog.NONE
                : new Room.Backlog(gathering.size(), gatheringBytes, System.nanoTime() - gatheringSince);
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
            consumer.accept(take());
        } finally {
            release();
        }
    }

    private synchronized List<E> take() {
        List<E> batch = gathering;
        if (batch.size() <= SLICE) {
            gathering = new ArrayList<>();
            budget.add(-gatheringBytes);
            gatheringBytes = 0;
            return batch;
        }
        long taken = gatheringBytes * SLICE / batch.size();
        budget.add(-taken);
        gatheringBytes -= taken;
        gathering = new ArrayList<>(batch.subList(SLICE, batch.size()));
        return batch.subList(0, SLICE);
    }

    private synchronized boolean hasMore() {
        scheduled = !gathering.isEmpty();
        return scheduled;
    }
}
