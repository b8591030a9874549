package io.roomcast.local;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of heap, approximately, that all rooms of a {@link LocalRelay} hold together. A room may hold at most as
 * much as remains free, so that a full room leaves memory for the next one. This is the dynamic threshold of Choudhury
 * and Hahne, which {@link io.roomcast.outbound.OutboundBudget} explains. Any thread.
 */
final class HistoryBudget {
    private final long limit;
    private final AtomicLong held = new AtomicLong();

    HistoryBudget(long limit) {
        this.limit = limit;
    }

    /**
     * Whether a room may hold {@code cost} bytes.
     *
     * @param charged bytes that the room has added before, and that {@code cost} replaces
     */
    boolean allows(long cost, long charged) {
        return cost <= limit - (held.get() - charged) - cost;
    }

    /** @param bytes negative for bytes that are no longer held */
    void add(long bytes) {
        held.addAndGet(bytes);
    }

    /** Whether more than three quarters of the limit are used: rooms without subscription then lose their messages. */
    boolean isTight() {
        return held.get() > limit / 4 * 3;
    }

    long held() {
        return held.get();
    }
}
