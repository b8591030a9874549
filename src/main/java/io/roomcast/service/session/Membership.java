package io.roomcast.service.session;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.room.Member;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import java.util.concurrent.CompletionStage;

/**
 * A session's place in a room, from the request to join until it ends. When a session joins again, its old place is
 * kept until the new one is sure.
 */
public final class Membership {
    private final RoomName name;
    /** That it had before, or null; null once it has this one. */
    private Membership previous;

    private Member member;
    private Room room;
    /** Of presence, when it was entered. */
    private long revision;

    public Membership(RoomName name, Membership previous) {
        this.name = name;
        this.previous = previous;
    }

    public RoomName room() {
        return name;
    }

    public Membership previous() {
        return previous;
    }

    /** Completes when the room can be entered; fails when it cannot be reached. */
    public CompletionStage<Void> open(RoomRegistry rooms) {
        room = rooms.open(name);
        return room.ready();
    }

    /** It was opened, and is not entered. */
    public void giveUp(RoomRegistry rooms) {
        rooms.leave(room);
    }

    /** @param entered revision of presence */
    public void enter(
            RoomRegistry rooms, Member.Listener listener, ClientSession session, Position since, long entered) {
        revision = entered;
        member = new Member(session.queue(), !session.isPlain(), listener, previous == null ? null : previous.member);
        rooms.join(room, member, since);
    }

    /** Of presence, when it was entered. */
    public long revision() {
        return revision;
    }

    /** Whether others in the room had been told of it when it was let in. On the lane. */
    public boolean wasAnnounced() {
        return member.announced() >= revision;
    }

    /** The session has this place, and not the one before any more. */
    public void begun(RoomRegistry rooms) {
        if (previous != null) {
            previous.leave(rooms, () -> {});
            previous = null;
        }
    }

    /** @param left runs on the room's lane: nothing of the room comes after that */
    public void leave(RoomRegistry rooms, Runnable left) {
        rooms.leave(room, member, left);
    }
}
