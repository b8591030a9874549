package io.roomcast.replica;

import io.roomcast.cursor.PresenceEvents;
import io.roomcast.lease.PresenceBook.ChangeReply;
import io.roomcast.lease.PresenceState;
import io.roomcast.relay.PresenceChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Who is in the rooms of one partition, as this node has read it. All nodes make the same changes with the same revisions.
 * Now and then a node with users in a room appends all users of the room, from which nodes that start read on. Only the
 * thread of the log uses it.
 */
final class PresenceRooms {
    /** A room. */
    private static final class Room {
        PresenceState state = new PresenceState();
        /** Position of the last change. */
        long position;
        /** Time of the last record. */
        long usedAt;
        /** Time of the last record that has all users; of the first change, before. */
        long completeAt;

        Room(long completeAt) {
            this.completeAt = completeAt;
        }
    }

    private static final PresenceState NOBODY = new PresenceState();
    /** A room may be forgotten when the time gives it a greater revision than it had, in any case. */
    private static final long REVISION_MILLIS = 60_000;

    private final Map<String, Room> rooms = new HashMap<>();

    /** The users of a room, which must not be changed. */
    PresenceState find(String room) {
        Room found = rooms.get(room);
        return found == null ? NOBODY : found.state;
    }

    /** For how long no record had all users of the room, in milliseconds. */
    long incompleteMillis(String room, long millis) {
        Room found = rooms.get(room);
        return found == null ? 0 : millis - found.completeAt;
    }

    /**
     * Changes the users of a room.
     *
     * @return as {@link PresenceCommand#apply}, with the revision
     */
    Object apply(LogRecord record, long position, long millis, PresenceEvents events) {
        PresenceCommand command = PresenceCommand.decode(record.body());
        if (command == null) {
            return null;
        }
        Room room = rooms.computeIfAbsent(record.room(), name -> new Room(millis));
        room.usedAt = millis;
        room.state.forgetFences(millis);
        PresenceState.Update update = room.state.update();
        Object reply = command.apply(room.state, update, millis);
        long before = room.state.lastRevision();
        PresenceChange change = update.finish(TimeUnit.MILLISECONDS.toMicros(millis));
        if (update.writes()) {
            room.position = position;
        }
        if (room.state.lastRevision() != before && events.isWatched(record.room())) {
            events.received(record.room(), change);
        }
        return reply instanceof ChangeReply changed && !changed.fenced()
                ? new ChangeReply(false, changed.full(), room.state.lastRevision(), changed.count(), changed.changed())
                : reply;
    }

    /** Takes a record that has all users of the room, unless they have changed since it was made. */
    void applyAll(LogRecord record, long millis) {
        Room room = rooms.computeIfAbsent(record.room(), name -> new Room(millis));
        if (room.position <= record.head().asOf()) {
            room.state = PresenceState.parse(record.body());
            room.completeAt = millis;
        }
    }

    /** A lease with users in a room. */
    record Left(String room, String lease) {}

    /** Forgets rooms without users. Returns the leases, with the rooms where they have users, that have ended. */
    List<Left> sweep(long millis, Predicate<String> isEnded) {
        List<Left> left = new ArrayList<>();
        rooms.values().removeIf(room -> {
            room.state.forgetFences(millis);
            return room.state.isUnused() && millis - room.usedAt > REVISION_MILLIS;
        });
        rooms.forEach((name, room) ->
                room.state.leases().stream().filter(isEnded).forEach(lease -> left.add(new Left(name, lease))));
        return left;
    }
}
