package io.roomcast.room;

import io.roomcast.outbound.ByteBudget;

/** Counts the bytes that wait in all lanes of a node, and bounds them for each room and for the node. Any thread. */
public final class LagBudget {
    private final ByteBudget allRooms;
    private volatile long roomBytes;

    /**
     * @param roomBytes most bytes that may wait in one room; 0 for no bound
     * @param nodeBytes most bytes that may wait in all rooms together; 0 for no bound
     */
    public LagBudget(long roomBytes, long nodeBytes) {
        this.roomBytes = roomBytes;
        this.allRooms = new ByteBudget(nodeBytes);
    }

    /** Changes the bounds for later events. The parameters are those of the constructor. */
    public void setBounds(long room, long node) {
        roomBytes = room;
        allRooms.setLimit(node);
    }

    /** Bytes that wait now in all lanes. */
    public long held() {
        return allRooms.held();
    }

    /**
     * Whether {@code more} bytes may wait in a room, in addition to those that wait already.
     *
     * @param waiting bytes that wait in the room already
     */
    boolean allows(long waiting, long more) {
        long room = roomBytes;
        return (room == 0 || waiting + more <= room) && more <= allRooms.left();
    }

    /** @param bytes negative for bytes that no longer wait */
    void add(long bytes) {
        if (bytes != 0) {
            allRooms.add(bytes);
        }
    }
}
