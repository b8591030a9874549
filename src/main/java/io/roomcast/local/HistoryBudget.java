package io.roomcast.local;

import io.roomcast.outbound.ByteBudget;

/**
 * The bytes of heap, approximately, that all rooms of a {@link LocalRelay} hold together. A room may hold at most as
 * many bytes as remain free after that, so that a full room leaves memory for the next room. This is the dynamic
 * threshold of Choudhury and Hahne, which {@link io.roomcast.outbound.OutboundBudget} explains. Any thread may call.
 */
public final class HistoryBudget {
    /**
     * All rooms together hold at most the heap divided by this number, unless another limit is configured. Clients may
     * publish to any number of rooms, so that a limit for each room is not enough.
     */
    private static final int HEAP_FRACTION = 4;

    private final ByteBudget allRooms;

    /**
     * The limit for a node.
     *
     * @param configured 0 for the usual one
     */
    public static long maxBytes(long configured) {
        return configured > 0 ? configured : Runtime.getRuntime().maxMemory() / HEAP_FRACTION;
    }

    public HistoryBudget(long limit) {
        this.allRooms = new ByteBudget(limit);
    }

    /**
     * Whether a room may hold {@code bytes} in all. It may if at least as many bytes are free afterwards. A sixteenth
     * of the limit is left for rooms that begin: messages and keys of other rooms cannot keep people out of them.
     *
     * @param charged bytes that the room has added to this budget before, and that {@code bytes} replace
     */
    boolean allows(long bytes, long charged) {
        return fits(bytes, charged, allRooms.left() - allRooms.limit() / 16);
    }

    /** As {@link #allows}, for a room that takes no message: it may use what is left for rooms that begin. */
    boolean allowsToBegin(long bytes, long charged) {
        return fits(bytes, charged, allRooms.left());
    }

    private static boolean fits(long bytes, long charged, long left) {
        long added = bytes - charged;
        return added + bytes <= left;
    }

    /**
     * Adds bytes that a room holds.
     *
     * @param bytes negative for bytes that the room no longer holds
     */
    void add(long bytes) {
        allRooms.add(bytes);
    }

    /** Whether more than three quarters of the limit are used. Rooms without subscription then lose their messages. */
    public boolean isTight() {
        return allRooms.left() < allRooms.limit() / 4;
    }

    /** Bytes of heap, approximately, that all rooms hold now. */
    public long heldBytes() {
        return allRooms.held();
    }
}
