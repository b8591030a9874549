package io.roomcast.service.session;

import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
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
public class SessionRegistry {
    private final ConcurrentHashMap<String, ClientSession> open = new ConcurrentHashMap<>();
    private ServerFrameWriter writer;
    private NodeMetrics metrics;
    private final KeyedCounter users = new KeyedCounter();
    private final KeyedCounter networks = new KeyedCounter();
    private Limits limits;
    private OutboundBudget outbound;
    private boolean history;
    private RunningTime time;
    private Threads threads;

    /** For the container's proxy. */
    protected SessionRegistry() {}

    @Inject
    public SessionRegistry(
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
    public ClientSession open(Transport transport, ConnectRequest address, String network) {
        limits.require(LimitKeys.SESSIONS, open.size() + 1L, ErrorCode.BUSY, "the node is full");
        int fromThere = network == null ? 0 : networks.add(network);
        if (!limits.allows(LimitKeys.ADDRESS_SESSIONS, fromThere)) {
            networks.remove(network);
            limits.require(
                    LimitKeys.ADDRESS_SESSIONS, fromThere, ErrorCode.BUSY, "too many sessions from this address");
        }
        OutboundQueue queue =
                new OutboundQueue(transport, outbound, !address.plain(), time, gapFrames(address), metrics);
        ClientSession session = new ClientSession(
                Node.randomId(9), address, network, queue, writer, new RoomRequests(threads.lanes()), time.getAsLong());
        open.put(session.id(), session);
        metrics.increment(Counter.SESSIONS_OPENED);
        return session;
    }

    private static OutboundLimits outboundLimits(Limits limits) {
        return new OutboundLimits(
                limits.get(LimitKeys.OUTBOUND_BYTES),
                TimeUnit.MILLISECONDS.toNanos(limits.get(LimitKeys.OUTBOUND_AGE)),
                limits.bytes(LimitKeys.NODE_OUTBOUND_BYTES));
    }

    /**
     * Reserves memory for a reply that is still to be read from a store, and may have as many bytes as a page of
     * history.
     *
     * @return to be run once, when the reply is in its queue, or there will be none
     * @throws ProtocolException {@code busy}, when slow clients hold as much as they may
     */
    public Runnable reserveReply() {
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

    /** Tells a slow client which messages to fetch; null if no history is kept. */
    private OutboundQueue.GapFrameFactory gapFrames(ConnectRequest address) {
        if (!history) {
            return null;
        }
        return address.plain() ? this::printableBehind : range -> encoded(behind(range));
    }

    private EncodedFrame printableBehind(MessageRange range) {
        return encoded(behind(range).printable(range.room().value()));
    }

    private ServerFrame behind(MessageRange range) {
        metrics.increment(Counter.MEMBERS_BEHIND);
        return new ServerFrame.Behind(range.room().value(), range.epoch(), range.first(), range.last());
    }

    private EncodedFrame encoded(ServerFrame frame) {
        return EncodedFrame.of(FrameKind.REPLY, writer.write(frame));
    }

    /**
     * Gives a session its identity.
     *
     * @return false when it has ended meanwhile
     * @throws ProtocolException {@code busy}, when the user has as many sessions as one may have
     */
    public boolean identify(ClientSession session, Identity identity) {
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
            session.setIdentity(identity);
            return true;
        }
    }

    /** @return false when that was done before */
    public boolean remove(ClientSession session, int closeCode) {
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
        session.queue().shut();
        metrics.sessionClosed(closeCode);
        return true;
    }

    /** The open session with this id, or null. */
    public ClientSession find(String id) {
        return open.get(id);
    }

    public Collection<ClientSession> all() {
        return open.values();
    }

    public int count() {
        return open.size();
    }

    /** Somebody who gave no name. */
    public static UserName guest() {
        return new UserName("guest-"
                + Node.randomId(6)
                        .replaceAll("[^A-Za-z0-9]", "x")
                        .substring(0, 6)
                        .toLowerCase(Locale.ROOT));
    }

    /** Counts by name, and forgets a name whose count is 0. Any thread. */
    private static final class KeyedCounter {
        private final ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();

        /** @return the count of the name, this one included */
        int add(String name) {
            return counts.merge(name, 1, Integer::sum);
        }

        void remove(String name) {
            counts.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1);
        }
    }
}
