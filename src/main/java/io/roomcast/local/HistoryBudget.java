package io.roomcast.local;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the rooms of a {@link LocalRelay} keep together, in bytes of heap, roughly. A room may keep no more than is left for all, so that one that is full of
 * messages leaves something for the next: the dynamic threshold of Choudhury and Hahne, as for what waits for sessions. Any thread.
 */
final class HistoryBudget {
    private final long most;
    private final AtomicLong held = new AtomicLong();

    HistoryBudget(long most) {
        this.most = most;
    }

    /** @param counted what a room has added before, which {@code cost} replaces */
    boolean allows(long cost, long counted) {
        return cost <= most - (held.get() - counted) - cost;
    }

    void add(long bytes) {
        held.addAndGet(bytes);
    }

    /** Whether rooms that nobody is in had better be forgotten. */
    boolean isTight() {
        return held.get() > most / 4 * 3;
    }

    long held() {
        return held.get();
    }
}
