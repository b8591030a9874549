package io.roomcast.local;

import io.roomcast.outbound.ByteBudget;

/**
 * The bytes of heap, approximately, that all rooms of a {@link LocalRelay} hold together. A room may hold at most as
 * much as remains free, so that a full room leaves memory for the next one. This is the dynamic threshold of Choudhury
 * and Hahne, which {@link io.roomcast.outbound.OutboundBudget} explains. Any thread.
 */
final class HistoryBudget {
    private final ByteBudget allRooms;

    HistoryBudget(long limit) {
        this.allRooms = new ByteBudget(limit);
    }

    /**
     * Whether a room may hold {@code cost} bytes.
     *
     * @param charged bytes that the room has added before, and that {@code cost} replaces
     */
    boolean allows(long cost, long charged) {
        return 2 * cost - charged <= allRooms.left();
    }

    /** @param bytes negative for bytes that are no longer held */
    void add(long bytes) {
        allRooms.add(bytes);
    }

    /** Whether more than three quarters of the limit are used: rooms without subscription then lose their messages. */
    boolean isTight() {
        return allRooms.left() < allRooms.limit() / 4;
    }

    long held() {
        return allRooms.held();
    }
}
