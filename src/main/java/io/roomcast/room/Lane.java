package io.roomcast.room;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Runs what is posted in order, on a shared executor, at most one task at a time; what gathers while it runs comes as one batch
 * the next time. Load makes batches larger by itself, and no timer is needed.
 *
 * <p><b>Concurrency.</b> {@code gathering} and {@code scheduled} are guarded by the monitor. The consumer runs outside of it, on one
 * executor thread at a time; each run happens-after the one before, so the consumer's state needs no lock of its own.
 */
final class Lane<E> {
    /** Posts that one run takes at most, so that a busy room hands its thread back now and then. */
    private static final int SLICE = 1_024;

    private final Executor executor;
    private final Consumer<List<E>> consumer;
    private List<E> gathering = new ArrayList<>();
    private boolean scheduled;

    Lane(Executor executor, Consumer<List<E>> consumer) {
        this.executor = executor;
        this.consumer = consumer;
    }

    /** Appends and returns; any thread. */
    void post(E event) {
        synchronized (this) {
            gathering.add(event);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        executor.execute(this::run);
    }

    /** How much waits; any thread. */
    synchronized int waiting() {
        return gathering.size();
    }

    private void run() {
        try {
            consumer.accept(take());
        } finally {
            if (hasMore()) {
                executor.execute(this::run);
            }
        }
    }

    private synchronized List<E> take() {
        List<E> batch = gathering;
        if (batch.size() <= SLICE) {
            gathering = new ArrayList<>();
            return batch;
        }
        gathering = new ArrayList<>(batch.subList(SLICE, batch.size()));
        return batch.subList(0, SLICE);
    }

    private synchronized boolean hasMore() {
        scheduled = !gathering.isEmpty();
        return scheduled;
    }
}
