package io.roomcast.local;

import io.roomcast.protocol.RoomName;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many logs were discarded, or changed in the archive, since somebody may have read them there. Rooms share few
 * counters, so that a room of which nobody has heard for long costs nothing; the discarded log of one room seldom counts
 * for another. Any thread.
 */
final class DiscardedLogs {
    private static final int COUNTERS = 4_096;

    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);

    /** Another number if what somebody has read of the room before may be old. */
    long of(RoomName room) {
        return counters.get(index(room));
    }

    void count(RoomName room) {
        counters.incrementAndGet(index(room));
    }

    private static int index(RoomName room) {
        return Math.floorMod(room.hashCode(), COUNTERS);
    }
}
