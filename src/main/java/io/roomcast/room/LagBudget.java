package io.roomcast.room;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes that wait in all lanes of a node, and bounds them for each room and for the node. Any thread. */
public final class LagBudget {
    private final AtomicLong held = new AtomicLong();
    private volatile long roomBytes;
    private volatile long nodeBytes;

    /**
     * @param roomBytes most bytes that may wait in one room; 0 for no bound
     * @param nodeBytes most bytes that may wait in all rooms together; 0 for no bound
     */
    public LagBudget(long roomBytes, long nodeBytes) {
        this.roomBytes = roomBytes;
        this.nodeBytes = nodeBytes;
    }

    /** Changes the bounds for events from now on. Parameters as of the constructor. */
    public void change(long room, long node) {
        roomBytes = room;
        nodeBytes = node;
    }

    /** Bytes that wait now in all lanes. */
    public long held() {
        return held.get();
    }

    /**
     * Whether {@code more} bytes may wait in a room.
     *
     * @param waiting bytes that wait in the room already
     */
    boolean allows(long waiting, long more) {
        long room = roomBytes;
        long node = nodeBytes;
        return (room == 0 || waiting + more <= room) && (node == 0 || held.get() + more <= node);
    }

    void add(long bytes) {
        if (bytes != 0) {
            held.addAndGet(bytes);
        }
    }
}
