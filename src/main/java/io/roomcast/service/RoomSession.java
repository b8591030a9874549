package io.roomcast.service;

import io.roomcast.identity.Identity;
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

/**
 * One WebSocket connection, as the service sees it.
 *
 * <p><b>Concurrency.</b> Frames of a session are received one after the other, its close may come at any time from any thread.
 * Memberships and what is held are guarded by this object's monitor. The membership in one room changes only where that is its turn among the
 * {@link Requests} about it.
 */
public final class RoomSession {
    private static final int MOST_HELD = 64;

    private final String id;
    private final RoomName home;
    private final boolean plain;
    private final OutboundQueue queue;
    private final ServerFrameWriter writer;
    private final Map<RoomName, Membership> memberships = new HashMap<>(2);
    private final Requests requests;
    private boolean ended;
    private final UserName addressedUser;
    private final Position since;
    private final long openedAt;
    private volatile Identity identity;
    private final Rate publishRate = new Rate();
    private final Rate requestRate = new Rate();
    private final Rate mistakeRate = new Rate();
    private final Rate refusedRate = new Rate();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final String network;
    private volatile boolean greeted;
    /** What came while the token is being checked; null when none is. */
    private List<Held> held;

    private volatile long heardAt;

    /** @param end to be run when it is served */
    record Held(ClientFrame frame, Runnable end) {}

    /**
     * @param network that it came from, or null where unknown
     * @param now as {@link RunningTime} has it
     */
    RoomSession(
            String id,
            Address address,
            String network,
            OutboundQueue queue,
            ServerFrameWriter writer,
            Requests requests,
            long now) {
        this.id = id;
        this.requests = requests;
        this.network = network;
        this.openedAt = now;
        this.heardAt = now;
        this.addressedUser = address.user();
        this.since = address.since();
        this.home = address.room();
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

    /** Of its publishes. */
    Rate publishRate() {
        return publishRate;
    }

    /** Of its other requests. */
    Rate requestRate() {
        return requestRate;
    }

    /** Of what it should have known better. */
    Rate mistakeRate() {
        return mistakeRate;
    }

    /** Of its requests that are refused all the same. */
    Rate refusedRate() {
        return refusedRate;
    }

    /** What it has asked about rooms. */
    Requests requests() {
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

    Identity identity() {
        return identity;
    }

    /** The user that the address names, or null. */
    UserName addressedUser() {
        return addressedUser;
    }

    /** The position that the address names, or null. */
    Position since() {
        return since;
    }

    /** As {@link RunningTime} had it. */
    long openedAt() {
        return openedAt;
    }

    void admit(Identity proven) {
        identity = proven;
    }

    synchronized void beginVerifying() {
        held = new ArrayList<>(1);
    }

    /**
     * @return false when nothing is being verified, and the frame is the caller's
     * @throws ProtocolException {@code busy}
     */
    synchronized boolean hold(ClientFrame frame, InFlight inFlight) {
        if (held == null) {
            return false;
        }
        if (held.size() >= MOST_HELD) {
            throw new ProtocolException(ErrorCode.BUSY, "the token is being checked; wait for welcome");
        }
        if (!ended) {
            held.add(new Held(frame, inFlight.begin(this, frame.bytes())));
        }
        return true;
    }

    /** What came since the last call; frames are held until this is empty, so that none overtakes another. */
    synchronized List<Held> takeHeld() {
        List<Held> frames = held;
        held = frames.isEmpty() ? null : new ArrayList<>(1);
        return frames;
    }

    /** Nothing is held any more. */
    synchronized void end() {
        ended = true;
        if (held != null) {
            held.forEach(each -> each.end().run());
            held.clear();
        }
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
    boolean greet() {
        boolean first = !greeted;
        greeted = true;
        return first;
    }

    /** Any frame but {@code hello}: from now on the user stays who it is. */
    void settle() {
        greeted = true;
    }

    /** Something came from the client at this time, as {@link RunningTime} has it. */
    void heard(long nanos) {
        heardAt = nanos;
    }

    long heardAt() {
        return heardAt;
    }

    /** Whether it may still ask for something. */
    public boolean isOpen() {
        return !queue.isClosing();
    }

    /** Sends a frame to this session alone. */
    public void reply(ServerFrame frame) {
        reply(writer.write(plain ? frame.printable(home.value()) : frame));
    }

    private void reply(String encoded) {
        queue.offer(EncodedFrame.of(FrameKind.REPLY, encoded));
    }

    /** @param encoded a frame in UTF-8; handed over, not copied */
    void reply(byte[] encoded) {
        queue.offer(EncodedFrame.of(FrameKind.REPLY, encoded));
    }

    /** Whether nobody is there any more who could be answered. */
    boolean isGone() {
        return queue.isClosed();
    }

    synchronized Membership membership(RoomName room) {
        return memberships.get(room);
    }

    synchronized List<RoomName> roomNames() {
        return List.copyOf(memberships.keySet());
    }

    /**
     * Puts it in the place of the one before, if there is one.
     *
     * @param most rooms that it may be in; 0 for any number
     * @return false when it is in as many already
     */
    synchronized boolean put(Membership membership, long most) {
        RoomName room = membership.room();
        if (most > 0 && memberships.size() >= most && !memberships.containsKey(room)) {
            return false;
        }
        memberships.put(room, membership);
        return true;
    }

    /** Puts the one before back. */
    synchronized void restore(RoomName room, Membership previous) {
        if (previous == null) {
            memberships.remove(room);
        } else {
            memberships.put(room, previous);
        }
    }

    synchronized Membership remove(RoomName room) {
        return memberships.remove(room);
    }
}
