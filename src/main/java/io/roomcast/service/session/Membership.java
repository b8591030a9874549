package io.roomcast.service.session;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.room.Member;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import java.util.concurrent.CompletionStage;

/**
 * A session's membership in a room, from the request to join until the session leaves. When a session joins a room
 * again, its earlier membership is kept until the new one is complete.
 *
 * <p><b>Concurrency.</b> Used only in the turn of a request that is alone; see {@link RoomRequests}.
 */
public final class Membership {
    private final RoomName name;
    /** The membership that this one replaces. Null if there is none, or once this one is complete. */
    private Membership previous;

    private Member member;
    private Room room;
    /** Revision of the room's presence after the user entered it. */
    private long revision;

    public Membership(RoomName name, Membership previous) {
        this.name = name;
        this.previous = previous;
    }

    public RoomName name() {
        return name;
    }

    public Membership previous() {
        return previous;
    }

    /**
     * Opens the room.
     *
     * @return completes once the room can be joined; fails if the room cannot be subscribed
     */
    public CompletionStage<Void> open(RoomRegistry rooms) {
        room = rooms.open(name);
        return room.ready();
    }

    /** Ends {@link #open} without a join. */
    public void giveUp(RoomRegistry rooms) {
        rooms.leave(room);
    }

    /**
     * Joins the room that was opened.
     *
     * @param entered revision of presence after the user entered it
     */
    public void enter(
            RoomRegistry rooms, Member.Listener listener, ClientSession session, Position since, long entered) {
        revision = entered;
        member = new Member(session.queue(), !session.isPlain(), listener, previous == null ? null : previous.member);
        rooms.join(room, member, since);
    }

    /** Revision of the room's presence after the user entered it. */
    public long revision() {
        return revision;
    }

    /**
     * Whether the members were sent the arrival of this user before the session became a member. In that case, the
     * session itself was not sent the arrival. To be called on the room's lane.
     */
    public boolean wasAnnounced() {
        return member.announced() >= revision;
    }

    /** The join has succeeded: ends the earlier membership of the session. */
    public void leavePrevious(RoomRegistry rooms) {
        if (previous != null) {
            previous.leave(rooms, () -> {});
            previous = null;
        }
    }

    /** @param left runs on the room's lane, once no further frame of the room is sent to the session */
    public void leave(RoomRegistry rooms, Runnable left) {
        rooms.leave(room, member, left);
    }
}
