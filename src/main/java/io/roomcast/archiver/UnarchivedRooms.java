package io.roomcast.archiver;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Copies.Head;
import io.roomcast.relay.Lives.Unarchived;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The rooms to which this node has published, until it has seen that the archive has all of that. A room is here from
 * before the publish is sent. A publish that was sent and not answered may have been carried out, or be carried out
 * later: then the room stays until the node knows a position after which nothing of it can come.
 *
 * <p>Any thread may call; the monitor guards all.
 */
final class UnarchivedRooms {
    /** Rooms that are remembered: some ten megabytes. Beyond that, all rooms count, as long as the node lives. */
    private static final int MOST = 100_000;

    private static final long NEVER = -1;

    private static final class Room {
        /** Publishes on their way. */
        private int sending;
        /** The last position that is known; null for none. */
        private Position last;
        /** The number with which a publish may have been sent that was not answered. */
        private long failedWith = NEVER;
        /** Whether the database knows of it. */
        private boolean isStated;
    }

    private final Map<RoomName, Room> rooms = new HashMap<>();
    private boolean isOpen;
    private boolean hasForgotten;
    private long number = 1;

    /** @return false if nothing may be sent now */
    synchronized boolean sending(RoomName room) {
        if (!isOpen) {
            return false;
        }
        Room known = rooms.get(room);
        if (known == null && rooms.size() >= MOST) {
            hasForgotten = true;
            return true;
        }
        if (known == null) {
            known = new Room();
            rooms.put(room, known);
        }
        known.sending++;
        return true;
    }

    synchronized void stored(RoomName room, Position last) {
        Room known = rooms.get(room);
        if (known != null) {
            known.sending--;
            reached(known, last);
        }
    }

    private void reached(Room room, Position position) {
        if (room.last == null || RoomCopier.began(position.epoch()) > RoomCopier.began(room.last.epoch())) {
            room.last = position;
        } else if (room.last.epoch().equals(position.epoch())) {
            room.last = room.last.offset() < position.offset() ? position : room.last;
        } else {
            // An earlier epoch, or one whose name does not tell.
            room.failedWith = number;
        }
    }

    synchronized void failed(RoomName room, boolean isNothingDone) {
        Room known = rooms.get(room);
        if (known != null) {
            known.sending--;
            if (!isNothingDone) {
                known.failedWith = number;
            } else if (known.sending == 0 && known.last == null && known.failedWith == NEVER && !known.isStated) {
                rooms.remove(room);
            }
        }
    }

    /** The number of what is published from now on. What was sent before has a lower one. */
    synchronized long number() {
        return number;
    }

    synchronized long nextNumber() {
        return ++number;
    }

    synchronized void open() {
        isOpen = true;
    }

    synchronized void close() {
        isOpen = false;
    }

    /** What the archive may not have all of. Only while it is closed is this all that there will be. */
    synchronized Unarchived unarchived() {
        return new Unarchived(List.copyOf(rooms.keySet()), hasForgotten);
    }

    synchronized boolean isEmpty() {
        return rooms.isEmpty() && !hasForgotten;
    }

    /**
     * The database knows of all that is here.
     *
     * @param isLost whether the broker has begun with other data: then nothing of it can be archived any more
     */
    synchronized void stated(boolean isLost) {
        if (isLost) {
            rooms.values().removeIf(room -> room.sending == 0);
            rooms.values().forEach(room -> {
                room.last = null;
                room.failedWith = NEVER;
            });
        } else {
            rooms.values().forEach(room -> room.isStated = true);
        }
    }

    /** Rooms of which it is not known how far they have come. */
    synchronized List<RoomName> unknown(int most) {
        return rooms.entrySet().stream()
                .filter(entry -> entry.getValue().failedWith != NEVER && entry.getValue().sending == 0)
                .map(Map.Entry::getKey)
                .limit(most)
                .toList();
    }

    /**
     * The position of a room, which was read when the broker had begun to refuse what has a lower number.
     *
     * @param admitted that number
     */
    synchronized void found(RoomName room, Position position, long admitted) {
        Room known = rooms.get(room);
        if (known != null && known.failedWith != NEVER && known.failedWith < admitted) {
            known.failedWith = NEVER;
            reached(known, position);
        }
    }

    /** Rooms of which it is known how far they have come. */
    synchronized List<RoomName> known(int most) {
        return rooms.entrySet().stream()
                .filter(entry -> isKnown(entry.getValue()))
                .map(Map.Entry::getKey)
                .limit(most)
                .toList();
    }

    private static boolean isKnown(Room room) {
        return room.sending == 0 && room.failedWith == NEVER;
    }

    /**
     * Forgets the rooms of which the archive has all.
     *
     * @param asked the rooms that the archive was asked for
     * @param heads how far it has these
     * @param isArchived whether the messages of a room are copied to it
     * @return those of which the database knew
     */
    synchronized List<RoomName> archived(
            List<RoomName> asked, Map<RoomName, Head> heads, Predicate<RoomName> isArchived) {
        List<RoomName> stated = new ArrayList<>(0);
        for (RoomName name : asked) {
            Room room = rooms.get(name);
            if (room != null && isKnown(room) && hasAll(heads.get(name), room.last, isArchived.test(name))) {
                rooms.remove(name);
                if (room.isStated) {
                    stated.add(name);
                }
            }
        }
        return stated;
    }

    /** @param head null if the archive does not know the room, and so cannot restore it */
    private static boolean hasAll(Head head, Position last, boolean isArchived) {
        if (last == null) {
            return true;
        }
        if (head == null) {
            return !isArchived;
        }
        return head.epoch().equals(last.epoch())
                ? head.offset() >= last.offset()
                : RoomCopier.began(head.epoch()) > RoomCopier.began(last.epoch());
    }
}
