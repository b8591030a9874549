package io.roomcast.service;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.room.Member;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

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
    /** Of presence, when it was entered. */
    private volatile long revision;

    Membership(RoomName name) {
        this.name = name;
    }

    RoomName room() {
        return name;
    }

    /** Completes when the room can be entered; fails when it cannot be reached, or the membership has ended already. */
    synchronized CompletionStage<Void> open(RoomRegistry rooms) {
        if (ended) {
            return CompletableFuture.failedFuture(new CancellationException("the membership has ended"));
        }
        room = rooms.open(name);
        return room.ready();
    }

    /**
     * @param entered revision of presence
     * @return false when the membership has ended already
     */
    synchronized boolean enter(RoomRegistry rooms, Member newMember, Position since, long entered) {
        if (ended) {
            return false;
        }
        member = newMember;
        revision = entered;
        rooms.join(room, newMember, since);
        return true;
    }

    /** Of presence, when it was entered; 0 before that. */
    long revision() {
        return revision;
    }

    /** @return whether the membership was entered, and so there is presence to take back */
    synchronized boolean end(RoomRegistry rooms) {
        if (ended) {
            return false;
        }
        ended = true;
        if (room != null) {
            rooms.leave(room, member);
        }
        return member != null;
    }
}
