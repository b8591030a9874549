package io.roomcast.service;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.room.Member;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import java.util.concurrent.CompletionStage;

/**
 * A session's place in a room, from the request to join until it ends. Where a session joins anew, the place that it had is kept until the new one is sure.
 *
 * <p><b>Concurrency.</b> Used by one request about the room at a time; see {@link Requests}.
 */
final class Membership {
    private final RoomName name;
    /** That it had before, or null; null once it has this one. */
    private Membership previous;

    private Member member;
    private Room room;
    private long revision;

    Membership(RoomName name, Membership previous) {
        this.name = name;
        this.previous = previous;
    }

    RoomName room() {
        return name;
    }

    Membership previous() {
        return previous;
    }

    /** Completes when the room can be entered; fails when it cannot be reached. */
    CompletionStage<Void> open(RoomRegistry rooms) {
        room = rooms.open(name);
        return room.ready();
    }

    /**
     * Enters the room that was opened.
     *
     * @param entered revision of presence
     */
    void enter(RoomRegistry rooms, Member.Listener listener, RoomSession session, Position since, long entered) {
        revision = entered;
        member = new Member(session.queue(), !session.isPlain(), listener, previous == null ? null : previous.member);
        rooms.join(room, member, since);
    }

    /** Up to which revision of presence others had been told, when it came. On the room's lane. */
    long announced() {
        return member.announced();
    }

    /** Of presence, when it was entered; 0 before that. */
    long revision() {
        return revision;
    }

    /** The session has this place, and not the one before any more. */
    void begun(RoomRegistry rooms) {
        if (previous != null) {
            previous.leave(rooms, () -> {});
            previous = null;
        }
    }

    /** @param left runs on the room's lane: nothing of the room comes after that; at once where it was not entered */
    void leave(RoomRegistry rooms, Runnable left) {
        rooms.leave(room, member, left);
    }
}
