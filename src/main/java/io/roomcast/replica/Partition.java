package io.roomcast.replica;

import io.roomcast.cursor.PresenceEvents;
import java.util.HashMap;
import java.util.Map;

/**
 * This node's replica of a partition of the log. The thread of the log changes it; any thread may read {@link #applied} and
 * use the {@link Barrier}.
 */
final class Partition {
    final int number;
    final Rooms rooms;
    final PresenceRooms presence = new PresenceRooms();
    final Leases leases;
    final Barrier barrier;
    /** The values on which the nodes have agreed, by their names. */
    final Map<String, byte[]> agreed = new HashMap<>();

    /** @param millis time of the record; never less than that of a record before */
    record Applied(long position, long millis) {}

    private volatile Applied applied = new Applied(-1, 0);

    Partition(int number, Rooms rooms, Leases leases, Barrier barrier) {
        this.number = number;
        this.rooms = rooms;
        this.leases = leases;
        this.barrier = barrier;
    }

    /** The last record that was applied. */
    Applied applied() {
        return applied;
    }

    /**
     * Applies the next record.
     *
     * @param record null if this version cannot read it
     * @return the result for the node that has appended it; may be null
     */
    Object apply(LogRecord record, long position, long atMillis, PresenceEvents events) {
        long millis = Math.max(atMillis, applied.millis());
        Object result = record == null ? null : apply(record, position, millis, events, record.room());
        applied = new Applied(position, millis);
        return result;
    }

    private Object apply(LogRecord record, long position, long millis, PresenceEvents events, String name) {
        switch (record.kind()) {
            case PUBLISH, BEGIN, RENUMBER -> {
                return rooms.apply(record, position, millis);
            }
            case PRESENCE -> {
                return presence.apply(record, position, millis, events);
            }
            case USERS -> presence.applyAll(record, millis);
            case TAKE_LEASE, RENEW_LEASE -> {
                return leases.renew(name, record.kind() == LogRecord.Kind.TAKE_LEASE, millis);
            }
            case END_LEASE -> leases.end(name);
            case PROPOSE -> {
                return agreed.computeIfAbsent(name, first -> record.body());
            }
            case AGREED -> agreed.put(name, record.body());
            case BARRIER -> {}
        }
        return null;
    }
}
