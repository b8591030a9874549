package io.roomcast.service;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.room.Member;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;

/**
 * A session's place in a room, from the request to join until it ends.
 *
 * <p><b>Concurrency.</b> Entering and ending may come from different threads and in either order; the monitor makes one of them come
 * first. A membership that ended before it was entered never enters.
 */
final class Membership {
    private final RoomName name;
    private Member member;
    private Room room;
    private boolean ended;
    private boolean left;

    Membership(RoomName name) {
        this.name = name;
    }

    RoomName room() {
        return name;
    }

    /** @return false when the membership has ended already */
    synchronized boolean enter(RoomRegistry rooms, Member newMember, Position since) {
        if (ended) {
            return false;
        }
        member = newMember;
        room = rooms.join(name, newMember, since);
        return true;
    }

    /** As {@link #end}, and for good: the session does not come back to it. */
    synchronized boolean leave(RoomRegistry rooms) {
        left = true;
        return end(rooms);
    }

    /** Tells others of it, before they are told of its end. Of one that was left already they are told nothing: they would hear of it last. */
    synchronized void announce(Runnable announcement) {
        if (!left) {
            announcement.run();
        }
    }

    /** @return whether the membership was entered, and so there is presence to take back */
    synchronized boolean end(RoomRegistry rooms) {
        if (ended) {
            return false;
        }
        ended = true;
        if (room == null) {
            return false;
        }
        rooms.leave(room, member);
        return true;
    }
}
