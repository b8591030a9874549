package io.roomcast.service.session;

import io.roomcast.config.Permission;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.room.Member;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import java.util.concurrent.CompletionStage;

/**
 * A session's membership in a room, from the request to join until the session leaves. When a session joins a room
 * again, it keeps its earlier membership until the new membership is complete.
 *
 * <p><b>Concurrency.</b> Used only in the turn of a request that runs alone in the room; see {@link RoomRequests}.
 */
public final class Membership {
    private final RoomName name;
    /** Whether the session's user is in the room's presence because of this membership. */
    private final boolean present;

    /** The membership that this membership replaces. Null if there is none, or when this membership is complete. */
    private Membership previous;

    private Member member;
    private Room room;
    /** Revision of the room's presence after the user entered it; 0 if the user did not enter it. */
    private long enterRevision;

    public Membership(RoomName name, boolean present, Membership previous) {
        this.name = name;
        this.present = present;
        this.previous = previous;
    }

    public RoomName name() {
        return name;
    }

    /** Whether the session's user is in the room's presence because of this membership. */
    public boolean isPresent() {
        return present;
    }

    public Membership previous() {
        return previous;
    }

    /** Whether the session's user is in the room's presence because of the membership that this one replaces. */
    public boolean wasPresent() {
        return previous != null && previous.present;
    }

    /**
     * Opens the room.
     *
     * @return completes when the room can be joined; fails if the room cannot be subscribed
     */
    public CompletionStage<Void> open(RoomRegistry rooms) {
        room = rooms.open(name);
        return room.ready();
    }

    /** Undoes {@link #open}, if no join follows. */
    public void cancelOpen(RoomRegistry rooms) {
        rooms.release(room);
    }

    /**
     * Joins the room that was opened.
     *
     * @param since the client's last position, or null
     * @param enterRevision revision of the room's presence after the user entered it; 0 if the user did not enter it
     */
    public void join(
            RoomRegistry rooms, Member.Listener listener, ClientSession session, Position since, long enterRevision) {
        this.enterRevision = enterRevision;
        member = new Member(
                session.queue(),
                new Member.Scope(
                        !session.isPlain(),
                        session.may(Permission.HISTORY, name),
                        new PermissionCheck(session, Permission.PRESENCE, name)),
                listener,
                previous == null ? null : previous.member);
        rooms.join(room, member, since);
    }

    /** Revision of the room's presence after the user entered it; 0 if the user did not enter it. */
    public long enterRevision() {
        return enterRevision;
    }

    /**
     * Whether the members were sent the arrival of this user before the session became a member. In that case, the
     * session itself was not sent the arrival. Must be called on the room's lane.
     */
    public boolean isArrivalAnnounced() {
        return member.announcedRevision() >= enterRevision;
    }

    /** Ends the earlier membership of the session, because the join has succeeded. */
    public void leavePrevious(RoomRegistry rooms) {
        if (previous != null) {
            previous.leave(rooms, () -> {});
            previous = null;
        }
    }

    /** @param left runs on the room's lane, when no further frame of the room is sent to the session */
    public void leave(RoomRegistry rooms, Runnable left) {
        rooms.leave(room, member, left);
    }
}
