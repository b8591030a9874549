package io.roomcast.replica;

import io.roomcast.local.HistoryBudget;
import io.roomcast.local.LocalLog;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.HistoryLimits;

/**
 * This node's replica of a room's log. The thread of the log changes it; any thread may read {@link #name}, {@link #epoch}
 * and {@link #last}.
 */
final class ReplicatedRoom {
    /**
     * The last record of the room.
     *
     * @param offset of the last message, up to this record
     * @param position of the record
     * @param millis time of the record
     */
    record Last(long offset, long position, long millis) {}

    final RoomName name;
    final String epoch;
    final LocalLog log;
    /** Position of the record with which the room began; 0 if the log does not have it any more. */
    final long beganAt;

    private volatile Last last;

    ReplicatedRoom(RoomName name, String epoch, Last last, long beganAt, HistoryLimits limits, HistoryBudget budget) {
        this.name = name;
        this.epoch = epoch;
        this.last = last;
        this.beganAt = beganAt;
        this.log = new LocalLog(epoch, last.offset(), limits, budget);
        log.updateBudget();
    }

    Last last() {
        return last;
    }

    /** Notes that a record was applied. */
    void advance(long position, long millis) {
        last = new Last(log.position().offset(), position, millis);
    }
}
