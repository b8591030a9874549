package io.roomcast.service;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.UserName;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One WebSocket connection, as the service sees it.
 *
 * <p><b>Concurrency.</b> Frames of a session are received one after the other, its close may come at any time from any thread.
 * Memberships are guarded by this object's monitor; once the session is closed there are none, and none can be added.
 */
public final class RoomSession {
    private final String id;
    private final RoomName home;
    private final boolean plain;
    private final OutboundQueue queue;
    private final ServerFrameWriter writer;
    private final Map<RoomName, Membership> memberships = new HashMap<>(2);
    private boolean closed;
    private volatile UserName user;
    private volatile boolean greeted;
    private volatile long heardAt;

    /**
     * @param home the room of a connection to {@code /ws/{room}/{user}}, else null
     * @param plain whether the client may know nothing but room, sender and content
     */
    RoomSession(String id, UserName user, RoomName home, boolean plain, OutboundQueue queue, ServerFrameWriter writer) {
        this.id = id;
        this.user = user;
        this.home = home;
        this.plain = plain;
        this.queue = queue;
        this.writer = writer;
    }

    public String id() {
        return id;
    }

    public UserName user() {
        return user;
    }

    public OutboundQueue queue() {
        return queue;
    }

    RoomName home() {
        return home;
    }

    boolean isPlain() {
        return plain;
    }

    /** @return false when it is too late: another frame came first */
    boolean greet(UserName name) {
        if (greeted) {
            return false;
        }
        greeted = true;
        if (name != null) {
            user = name;
        }
        return true;
    }

    /** Any frame but {@code hello}: from now on the user stays who it is. */
    void settle() {
        greeted = true;
    }

    /** Something came from the client at this time, in nanoseconds of the node's clock. */
    void heard(long nanos) {
        heardAt = nanos;
    }

    long heardAt() {
        return heardAt;
    }

    /** Sends a frame to this session alone. */
    public void reply(ServerFrame frame) {
        reply(writer.write(plain ? frame.printable(home.value()) : frame));
    }

    void reply(String encoded) {
        queue.offer(EncodedFrame.of(FrameKind.REPLY, encoded));
    }

    synchronized Membership membership(RoomName room) {
        return memberships.get(room);
    }

    synchronized int rooms() {
        return memberships.size();
    }

    /** @return the membership that this one replaces, or null; this one itself when the session is closed */
    synchronized Membership put(Membership membership) {
        return closed ? membership : memberships.put(membership.room(), membership);
    }

    synchronized Membership remove(RoomName room) {
        return memberships.remove(room);
    }

    synchronized void remove(Membership membership) {
        memberships.remove(membership.room(), membership);
    }

    /** @return all memberships, for the caller to end */
    synchronized Collection<Membership> close() {
        closed = true;
        List<Membership> all = List.copyOf(memberships.values());
        memberships.clear();
        return all;
    }
}
