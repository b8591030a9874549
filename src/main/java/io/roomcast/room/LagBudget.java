package io.roomcast.room;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that wait in the lanes of a node, and how many may. Any thread. */
public final class LagBudget {
    private final AtomicLong held = new AtomicLong();
    private volatile long roomBytes;
    private volatile long nodeBytes;

    /**
     * @param roomBytes that may wait in one room; 0 for any number
     * @param nodeBytes that may wait in all rooms together; 0 for any number
     */
    public LagBudget(long roomBytes, long nodeBytes) {
        this.roomBytes = roomBytes;
        this.nodeBytes = nodeBytes;
    }

    /** Other bounds, for what comes from now on. */
    public void change(long room, long node) {
        roomBytes = room;
        nodeBytes = node;
    }

    /** Bytes that wait now. */
    public long held() {
        return held.get();
    }

    /**
     * Whether so many bytes more may wait in a room.
     *
     * @param waiting bytes in the room now
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
