package io.roomcast.service.session;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.Permission;
import io.roomcast.identity.Identity;
import io.roomcast.node.RunningTime;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One WebSocket connection, or one request over HTTP that waits for messages; its identity, and its memberships in
 * rooms.
 *
 * <p><b>Concurrency.</b> The frames of a session arrive one after the other. Its close may come at any time, from any
 * thread. This object's monitor guards the memberships and the deferred frames. The membership in a room changes only
 * in the turn of a request of {@link RoomRequests}.
 */
public final class ClientSession {
    private static final int MAX_DEFERRED = 64;

    private final String id;
    private final RoomName urlRoom;
    private final boolean isPlain;
    private final OutboundQueue queue;
    private final ServerFrameWriter writer;
    private final Map<RoomName, Membership> memberships = new HashMap<>(2);
    private final RoomRequests requests;
    /** Whether {@link #end} was called. */
    private boolean ended;

    private final UserId urlUser;
    private final Position since;
    private final boolean isPresentInUrlRoom;
    private final long openedAt;
    private volatile Identity identity;
    /** Null for a WebSocket. */
    private final Lease lease;

    private final Quota quota;
    private final Arrival arrival;
    private final String subprotocol;
    private volatile boolean identityLocked;
    /** The frames that arrived during the check of the token; null while no token is being checked. */
    private List<Deferred> deferred;

    /** When the client last sent something, in nanoseconds of {@link RunningTime}. */
    private volatile long heardAt;
    /** When the user was last shown under another name. */
    private volatile long shownAnewAt;
    /** How the user is to be shown when enough time has passed; null if as now. */
    private volatile User nextShown;

    /**
     * A frame that waits for the check of the token.
     *
     * @param release the release of {@link InFlight}; must run once, when the frame is served or discarded
     */
    public record Deferred(ClientFrame frame, Runnable release) {}

    /**
     * @param now in nanoseconds of {@link RunningTime}
     */
    ClientSession(
            String id,
            ConnectRequest request,
            Arrival arrival,
            OutboundQueue queue,
            ServerFrameWriter writer,
            RoomRequests requests,
            long now) {
        this.lease = request.lease();
        this.quota = lease == null ? new Quota() : lease.quota();
        this.id = id;
        this.requests = requests;
        this.arrival = arrival;
        this.subprotocol = request.subprotocol();
        this.openedAt = now;
        this.shownAnewAt = now - Long.MAX_VALUE / 2;
        this.heardAt = now;
        this.urlUser = request.user();
        this.since = request.since();
        this.isPresentInUrlRoom = request.isPresent();
        this.urlRoom = request.room();
        this.isPlain = request.isPlain();
        this.queue = queue;
        this.writer = writer;
    }

    public String id() {
        return id;
    }

    /** The id of this session's user; null until the session has an identity. */
    public UserId user() {
        Identity current = identity;
        return current == null ? null : current.userId();
    }

    /** @param limit one of {@link LimitKeys#SESSION_RATES} */
    public TokenBucket bucket(Key<Integer> limit) {
        return quota.bucket(limit);
    }

    /** The unanswered requests of this session in rooms. */
    public RoomRequests requests() {
        return requests;
    }

    /** Number of unanswered requests. */
    AtomicInteger inFlight() {
        return quota.inFlight;
    }

    /** Whether a request of this session is not answered yet. */
    public boolean awaitsAnswers() {
        return quota.inFlight.get() > 0;
    }

    /** What the node keeps of this session between its requests over HTTP; null for a WebSocket. */
    public Lease lease() {
        return lease;
    }

    /** Whether this session is a request over HTTP, and each of its frames is answered. */
    public boolean isOverHttp() {
        return lease != null;
    }

    /** Whether the request of a session over HTTP has ended, and the next one has not come yet. */
    public boolean isBetweenRequests() {
        return lease != null && queue.isClosed();
    }

    /** The network of the client, or null if unknown. */
    String network() {
        return arrival.network();
    }

    /** How the client connected. */
    public Arrival arrival() {
        return arrival;
    }

    /** The subprotocol of this server that the connection uses; null if the client asked for none. */
    public String subprotocol() {
        return subprotocol;
    }

    public Identity identity() {
        return identity;
    }

    /** Whether the user of this session has the permission in the room; only after it has an identity. */
    public boolean may(Permission permission, RoomName room) {
        return identity.permissions().may(permission, room);
    }

    /** @throws ProtocolException {@code forbidden} if the user of this session lacks the permission in the room */
    public void require(Permission permission, RoomName room) {
        if (!may(permission, room)) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN, "this user lacks the permission " + permission.word() + " in this room");
        }
    }

    /** The user in the URL of the connection, or null. */
    public UserId urlUser() {
        return urlUser;
    }

    /** The position in the URL of the connection, or null. */
    public Position since() {
        return since;
    }

    /** Whether the user is present in the room in the URL, when the session joins it by the URL. */
    public boolean isPresentInUrlRoom() {
        return isPresentInUrlRoom;
    }

    /** When the session was opened, in nanoseconds of {@link RunningTime}. */
    public long openedAt() {
        return openedAt;
    }

    public void setIdentity(Identity next) {
        identity = next;
    }

    /** Begins to defer frames, because the token is being checked. */
    public synchronized void beginVerifying() {
        deferred = new ArrayList<>(1);
    }

    /**
     * Defers the frame if the token is being checked. After {@link #end}, discards it instead.
     *
     * @return false if no token is being checked; the caller must serve the frame then
     * @throws ProtocolException {@code busy} if too many frames are deferred, or too many requests are in flight
     */
    public synchronized boolean deferWhileVerifying(ClientFrame frame, InFlight inFlight) {
        if (deferred == null) {
            return false;
        }
        if (deferred.size() >= MAX_DEFERRED) {
            throw new ProtocolException(ErrorCode.BUSY, "the token is being checked; wait for welcome");
        }
        if (!ended) {
            deferred.add(new Deferred(frame, inFlight.begin(this, frame.bytes())));
        }
        return true;
    }

    /**
     * Takes the frames that were deferred since the last call. Further frames are deferred until this method returns an
     * empty list. So the frames are served in the order in which they arrived.
     */
    public synchronized List<Deferred> takeDeferred() {
        List<Deferred> frames = deferred;
        deferred = frames.isEmpty() ? null : new ArrayList<>(1);
        return frames;
    }

    /**
     * Discards the deferred frames. While the token is being checked, later frames are discarded, too.
     *
     * @return false if the session was ended before
     */
    public synchronized boolean end() {
        boolean isFirst = !ended;
        ended = true;
        if (deferred != null) {
            deferred.forEach(each -> each.release().run());
            deferred.clear();
        }
        return isFirst;
    }

    public OutboundQueue queue() {
        return queue;
    }

    /** The room in the URL of the connection; null if the URL has none. */
    public RoomName urlRoom() {
        return urlRoom;
    }

    /** Whether the client is sent only frames with room, sender and content. */
    boolean isPlain() {
        return isPlain;
    }

    /**
     * Locks the identity at the first {@code hello}. From then on, no other {@code hello} can change the user.
     *
     * @return whether this {@code hello} may still change the user; false if an earlier frame has locked the identity
     */
    public boolean lockIdentityForHello() {
        boolean isFirst = !identityLocked;
        identityLocked = true;
        return isFirst;
    }

    /** Locks the identity at any frame but {@code hello}. From then on, no {@code hello} can change the user. */
    public void lockIdentity() {
        identityLocked = true;
    }

    /** Records when the client last sent something, in nanoseconds of {@link RunningTime}. */
    public void setHeardAt(long nanos) {
        heardAt = nanos;
    }

    /** When the user was last shown under another name, in nanoseconds; long ago if never. */
    public long shownAnewAt() {
        return shownAnewAt;
    }

    public void setShownAnewAt(long nanos) {
        shownAnewAt = nanos;
    }

    /** How the user is to be shown when enough time has passed; null if as now. */
    public User nextShown() {
        return nextShown;
    }

    public void setNextShown(User user) {
        nextShown = user;
    }

    /** When the client last sent something, in nanoseconds of {@link RunningTime}. */
    public long heardAt() {
        return heardAt;
    }

    /** Whether further frames of the client are served; false when the session is closing. */
    public boolean isOpen() {
        return !queue.isClosing();
    }

    /** As {@link #reply(ServerFrame)}, for a frame that is no reason to end a poll that waits for news. */
    public void replyQuietly(ServerFrame frame) {
        queue.offer(EncodedFrame.of(
                lease == null ? FrameKind.REPLY : FrameKind.QUIET_REPLY,
                writer.write(isPlain ? frame.printable(urlRoom.value()) : frame)));
    }

    /** Sends a frame to this session only. Never blocks. */
    public void reply(ServerFrame frame) {
        reply(writer.write(isPlain ? frame.printable(urlRoom.value()) : frame));
    }

    private void reply(String encoded) {
        queue.offer(EncodedFrame.of(FrameKind.REPLY, encoded));
    }

    /** @param encoded a frame in UTF-8; handed over, not copied */
    public void reply(byte[] encoded) {
        queue.offer(EncodedFrame.of(FrameKind.REPLY, encoded));
    }

    /** Whether the connection has ended, so that a reply would reach no client. */
    public boolean isGone() {
        return queue.isClosed();
    }

    public synchronized Membership membership(RoomName room) {
        return memberships.get(room);
    }

    public synchronized int roomCount() {
        return memberships.size();
    }

    public synchronized List<RoomName> roomNames() {
        return List.copyOf(memberships.keySet());
    }

    /**
     * Stores the membership, in place of an earlier one in the same room.
     *
     * @param limit most rooms for this session; 0 for no limit
     * @return false if the limit is reached; nothing was stored then
     */
    public synchronized boolean put(Membership membership, long limit) {
        RoomName room = membership.name();
        if (limit > 0 && memberships.size() >= limit && !memberships.containsKey(room)) {
            return false;
        }
        memberships.put(room, membership);
        return true;
    }

    /**
     * Undoes {@link #put} after a join was refused.
     *
     * @param previous the earlier membership, or null if there was none
     */
    public synchronized void restore(RoomName room, Membership previous) {
        if (previous == null) {
            memberships.remove(room);
        } else {
            memberships.put(room, previous);
        }
    }

    public synchronized Membership remove(RoomName room) {
        return memberships.remove(room);
    }
}
