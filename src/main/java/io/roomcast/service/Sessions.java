package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.BehindNotice;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.outbound.OutboundBudget;
import io.roomcast.outbound.OutboundLimits;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.Relay;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The sessions of this node. Any thread. */
@ApplicationScoped
public class Sessions {
    private final ConcurrentHashMap<String, RoomSession> open = new ConcurrentHashMap<>();
    private ServerFrameWriter writer;
    private NodeMetrics metrics;
    private final Tally users = new Tally();
    private final Tally networks = new Tally();
    private Limits limits;
    private OutboundBudget outbound;
    private boolean history;
    private RunningTime time;
    private Threads threads;

    /** For the container's proxy. */
    protected Sessions() {}

    @Inject
    public Sessions(
            ServerFrameWriter writer,
            NodeMetrics metrics,
            Limits limits,
            RunningTime time,
            Threads threads,
            RoomcastConfig config) {
        this.threads = threads;
        this.writer = writer;
        this.metrics = metrics;
        this.limits = limits;
        this.time = time;
        this.outbound = new OutboundBudget(outboundLimits(limits));
        limits.whenChanged(() -> outbound.change(outboundLimits(limits)));
        this.history = config.get(Keys.HISTORY_SIZE) > 0;
    }

    /**
     * @param network that it comes from, or null where unknown
     * @throws ProtocolException {@code busy}, when there are as many as there may be
     */
    RoomSession open(Transport transport, Address address, String network) {
        limits.require(LimitKeys.SESSIONS, open.size() + 1L, ErrorCode.BUSY, "the node is full");
        int fromThere = network == null ? 0 : networks.add(network);
        if (!limits.allows(LimitKeys.ADDRESS_SESSIONS, fromThere)) {
            networks.remove(network);
            limits.require(
                    LimitKeys.ADDRESS_SESSIONS, fromThere, ErrorCode.BUSY, "too many sessions from this address");
        }
        OutboundQueue queue =
                new OutboundQueue(transport, outbound, !address.plain(), time, notice(address), metrics.outbound());
        RoomSession session = new RoomSession(
                Node.randomId(9), address, network, queue, writer, new Requests(threads.lanes()), time.getAsLong());
        open.put(session.id(), session);
        metrics.sessionOpened();
        return session;
    }

    private static OutboundLimits outboundLimits(Limits limits) {
        return new OutboundLimits(
                limits.get(LimitKeys.OUTBOUND_BYTES),
                TimeUnit.MILLISECONDS.toNanos(limits.get(LimitKeys.OUTBOUND_AGE)),
                limits.bytes(LimitKeys.NODE_OUTBOUND_BYTES));
    }

    /**
     * Keeps space for an answer that has yet to be read somewhere, and may be as large as a page of history.
     *
     * @return to be run once, when the answer is in its queue, or there will be none
     * @throws ProtocolException {@code busy}, when slow clients hold as much as they may
     */
    Runnable reserveAnswer() {
        if (!outbound.reserve(Relay.PAGE_BYTES)) {
            throw limits.reached(
                    LimitKeys.NODE_OUTBOUND_BYTES,
                    ErrorCode.BUSY,
                    "the node holds as much for slow clients as it may",
                    Limits.RETRY_AFTER_MS);
        }
        return () -> outbound.release(Relay.PAGE_BYTES);
    }

    /** Bytes that wait for all sessions; what is shared counts once. */
    public long heldBytes() {
        return outbound.held();
    }

    /** Tells a slow consumer what it has to fetch; null where there is no history to fetch it from. */
    private BehindNotice notice(Address address) {
        if (!history) {
            return null;
        }
        return address.plain() ? this::printableBehind : range -> encoded(behind(range));
    }

    private EncodedFrame printableBehind(MessageRange range) {
        return encoded(behind(range).printable(range.room().value()));
    }

    private ServerFrame behind(MessageRange range) {
        metrics.memberBehind();
        return new ServerFrame.Behind(range.room().value(), range.epoch(), range.first(), range.last());
    }

    private EncodedFrame encoded(ServerFrame frame) {
        return EncodedFrame.of(FrameKind.REPLY, writer.write(frame));
    }

    /**
     * Lets a session be somebody.
     *
     * @return false when it has ended meanwhile
     * @throws ProtocolException {@code busy}, when the user has as many sessions as one may have
     */
    boolean identify(RoomSession session, Identity identity) {
        // One that is removed meanwhile must not be counted any more.
        synchronized (session) {
            UserName before = session.user();
            if (!open.containsKey(session.id())) {
                return false;
            }
            if (!identity.user().equals(before)) {
                int count = users.add(identity.user().value());
                if (!limits.allows(LimitKeys.USER_SESSIONS, count)) {
                    users.remove(identity.user().value());
                    limits.require(LimitKeys.USER_SESSIONS, count, ErrorCode.BUSY, "too many sessions of this user");
                }
                if (before != null) {
                    users.remove(before.value());
                }
            }
            session.admit(identity);
            return true;
        }
    }

    /** @return false when that was done before */
    boolean remove(RoomSession session, int closeCode) {
        if (!open.remove(session.id(), session)) {
            return false;
        }
        synchronized (session) {
            if (session.user() != null) {
                users.remove(session.user().value());
            }
        }
        if (session.network() != null) {
            networks.remove(session.network());
        }
        session.queue().release();
        metrics.sessionClosed(closeCode);
        return true;
    }

    /** The open session with this id, or null. */
    public RoomSession find(String id) {
        return open.get(id);
    }

    public Collection<RoomSession> all() {
        return open.values();
    }

    public int count() {
        return open.size();
    }

    /** Somebody who gave no name. */
    static UserName guest() {
        return new UserName("guest-"
                + Node.randomId(6)
                        .replaceAll("[^A-Za-z0-9]", "x")
                        .substring(0, 6)
                        .toLowerCase(Locale.ROOT));
    }
}
