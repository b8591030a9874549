package io.roomcast.service.session;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
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
import io.roomcast.protocol.UserName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One WebSocket connection, as the service sees it.
 *
 * <p><b>Concurrency.</b> Frames of a session are received one after the other, its close may come at any time from any thread.
 * Memberships and what is deferred are guarded by this object's monitor. The membership in one room changes only where that is its turn among the
 * {@link RoomRequests} about it.
 */
public final class ClientSession {
    private static final int MOST_DEFERRED = 64;

    private final String id;
    private final RoomName boundRoom;
    private final boolean plain;
    private final OutboundQueue queue;
    private final ServerFrameWriter writer;
    private final Map<RoomName, Membership> memberships = new HashMap<>(2);
    private final RoomRequests requests;
    private boolean ended;
    private final UserName addressedUser;
    private final Position since;
    private final long openedAt;
    private volatile Identity identity;
    /** One for each of {@link LimitKeys#SESSION_RATES}, in that order. */
    private final TokenBucket[] rates = Stream.generate(TokenBucket::new)
            .limit(LimitKeys.SESSION_RATES.size())
            .toArray(TokenBucket[]::new);

    private final AtomicInteger inFlight = new AtomicInteger();
    private final String network;
    private volatile boolean identityLocked;
    /** What came while the token is being checked; null when none is. */
    private List<Deferred> deferred;

    private volatile long heardAt;

    /** @param end to be run when it is served */
    public record Deferred(ClientFrame frame, Runnable end) {}

    /**
     * @param network that it came from, or null where unknown
     * @param now as {@link RunningTime} has it
     */
    ClientSession(
            String id,
            ConnectRequest address,
            String network,
            OutboundQueue queue,
            ServerFrameWriter writer,
            RoomRequests requests,
            long now) {
        this.id = id;
        this.requests = requests;
        this.network = network;
        this.openedAt = now;
        this.heardAt = now;
        this.addressedUser = address.user();
        this.since = address.since();
        this.boundRoom = address.room();
        this.plain = address.plain();
        this.queue = queue;
        this.writer = writer;
    }

    public String id() {
        return id;
    }

    /** Null before the session has shown who it is. */
    public UserName user() {
        Identity known = identity;
        return known == null ? null : known.user();
    }

    /** @param limit one of {@link LimitKeys#SESSION_RATES} */
    public TokenBucket rate(Key<Integer> limit) {
        return rates[LimitKeys.SESSION_RATES.indexOf(limit)];
    }

    /** What it has asked about rooms. */
    public RoomRequests requests() {
        return requests;
    }

    /** Requests that are not answered. */
    AtomicInteger inFlight() {
        return inFlight;
    }

    /** Where it came from, or null where unknown. */
    String network() {
        return network;
    }

    public Identity identity() {
        return identity;
    }

    /** The user that the address names, or null. */
    public UserName addressedUser() {
        return addressedUser;
    }

    /** The position that the address names, or null. */
    public Position since() {
        return since;
    }

    /** As {@link RunningTime} had it. */
    public long openedAt() {
        return openedAt;
    }

    public void setIdentity(Identity proven) {
        identity = proven;
    }

    public synchronized void beginVerifying() {
        deferred = new ArrayList<>(1);
    }

    /**
     * @return false when nothing is being verified, and the frame is the caller's
     * @throws ProtocolException {@code busy}
     */
    public synchronized boolean deferWhileVerifying(ClientFrame frame, InFlight inFlight) {
        if (deferred == null) {
            return false;
        }
        if (deferred.size() >= MOST_DEFERRED) {
            throw new ProtocolException(ErrorCode.BUSY, "the token is being checked; wait for welcome");
        }
        if (!ended) {
            deferred.add(new Deferred(frame, inFlight.begin(this, frame.bytes())));
        }
        return true;
    }

    /** What came since the last call; frames are deferred until this is empty, so that none overtakes another. */
    public synchronized List<Deferred> takeDeferred() {
        List<Deferred> frames = deferred;
        deferred = frames.isEmpty() ? null : new ArrayList<>(1);
        return frames;
    }

    /** Nothing is deferred any more. */
    public synchronized void end() {
        ended = true;
        if (deferred != null) {
            deferred.forEach(each -> each.end().run());
            deferred.clear();
        }
    }

    public OutboundQueue queue() {
        return queue;
    }

    public RoomName boundRoom() {
        return boundRoom;
    }

    boolean isPlain() {
        return plain;
    }

    /** @return false when it is too late: another frame came first */
    public boolean firstHello() {
        boolean first = !identityLocked;
        identityLocked = true;
        return first;
    }

    /** Any frame but {@code hello}: from now on the user stays who it is. */
    public void lockIdentity() {
        identityLocked = true;
    }

    /** Something came from the client at this time, as {@link RunningTime} has it. */
    public void heard(long nanos) {
        heardAt = nanos;
    }

    public long heardAt() {
        return heardAt;
    }

    /** Whether it may still ask for something. */
    public boolean isOpen() {
        return !queue.isClosing();
    }

    /** Sends a frame to this session alone. */
    public void reply(ServerFrame frame) {
        reply(writer.write(plain ? frame.printable(boundRoom.value()) : frame));
    }

    private void reply(String encoded) {
        queue.offer(EncodedFrame.of(FrameKind.REPLY, encoded));
    }

    /** @param encoded a frame in UTF-8; handed over, not copied */
    public void reply(byte[] encoded) {
        queue.offer(EncodedFrame.of(FrameKind.REPLY, encoded));
    }

    /** Whether the connection has ended, so that a reply would reach nobody. */
    public boolean isGone() {
        return queue.isClosed();
    }

    public synchronized Membership membership(RoomName room) {
        return memberships.get(room);
    }

    public synchronized List<RoomName> roomNames() {
        return List.copyOf(memberships.keySet());
    }

    /**
     * Puts it in the place of the one before, if there is one.
     *
     * @param most rooms that it may be in; 0 for any number
     * @return false when it is in as many already
     */
    public synchronized boolean put(Membership membership, long most) {
        RoomName room = membership.room();
        if (most > 0 && memberships.size() >= most && !memberships.containsKey(room)) {
            return false;
        }
        memberships.put(room, membership);
        return true;
    }

    /** Puts the one before back. */
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
