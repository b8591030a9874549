package io.roomcast.service.session;

import io.roomcast.config.LimitKeys;
import io.roomcast.identity.Identity;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.LogText;
import io.roomcast.node.Node;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
import io.roomcast.node.Warnings;
import io.roomcast.outbound.ConvertingTransport;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.outbound.GapFrameFactory;
import io.roomcast.outbound.OutboundBudget;
import io.roomcast.outbound.OutboundLimits;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Relay;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The open sessions of this node, and the limits on their number. Any thread. */
@ApplicationScoped
public class SessionRegistry {
    private final ConcurrentHashMap<String, ClientSession> openSessions = new ConcurrentHashMap<>();
    private ServerFrameWriter writer;
    private NodeMetrics metrics;
    private final KeyedCounter users = new KeyedCounter();
    private final KeyedCounter networks = new KeyedCounter();
    private Limits limits;
    private OutboundBudget outbound;
    private RoomSettings settings;

    private RunningTime time;
    private Threads threads;
    private Warnings warnings;

    /** For the container's proxy. */
    protected SessionRegistry() {}

    @Inject
    public SessionRegistry(
            ServerFrameWriter writer,
            NodeMetrics metrics,
            Limits limits,
            RunningTime time,
            Threads threads,
            RoomSettings settings,
            Warnings warnings) {
        this.threads = threads;
        this.warnings = warnings;
        this.writer = writer;
        this.metrics = metrics;
        this.limits = limits;
        this.time = time;
        this.outbound = new OutboundBudget(outboundLimits(limits));
        limits.whenChanged(() -> outbound.setLimits(outboundLimits(limits)));
        this.settings = settings;
    }

    /**
     * Opens a session for a connection.
     *
     * @throws ProtocolException {@code busy} if the node or the network has too many sessions
     */
    public ClientSession open(Transport transport, ConnectRequest request, Arrival arrival) {
        return open(Node.randomId(9), transport, request, arrival);
    }

    /**
     * As {@link #open(Transport, ConnectRequest, Arrival)}, with an id that an earlier session of the client has had.
     *
     * @param id id that no open session of this node has
     */
    public ClientSession open(String id, Transport transport, ConnectRequest request, Arrival arrival) {
        String network = arrival.network();
        limits.require(LimitKeys.SESSIONS, openSessions.size() + 1L, ErrorCode.BUSY, "the node is full");
        int inNetwork = network == null ? 0 : networks.add(network);
        if (!limits.allows(LimitKeys.ADDRESS_SESSIONS, inNetwork)) {
            networks.remove(network);
            limits.require(
                    LimitKeys.ADDRESS_SESSIONS, inNetwork, ErrorCode.BUSY, "too many sessions from this address");
        }
        ClientSession session = create(id, transport, request, arrival, new RoomRequests(threads.pool()));
        openSessions.put(session.id(), session);
        metrics.increment(Counter.SESSIONS_OPENED);
        return session;
    }

    private ClientSession create(
            String id, Transport transport, ConnectRequest request, Arrival arrival, RoomRequests requests) {
        OutboundQueue queue = new OutboundQueue(
                request.isPlain() ? new ConvertingTransport(transport, EncodedFrame::printable) : transport,
                outbound,
                // Whoever asks over HTTP must be able to tell one frame from the next.
                !request.isPlain() && request.lease() == null,
                time,
                gapFrames(request),
                metrics);
        return new ClientSession(id, request, arrival, queue, writer, requests, time.getAsLong());
    }

    /**
     * Puts the session of the next request over HTTP in the place of an earlier one, with its id, lease and user. The
     * limits on numbers of sessions are not asked again.
     *
     * @param before a session of this registry whose request has ended
     * @return null if the earlier session was removed meanwhile
     */
    public ClientSession succeed(ClientSession before, Transport transport, Arrival arrival, Identity identity) {
        ClientSession next = create(
                before.id(),
                transport,
                ConnectRequest.overHttp(before.lease()),
                arrival,
                new RoomRequests(threads.pool()));
        next.setIdentity(admitted(identity));
        if (!openSessions.replace(before.id(), before, next)) {
            return null;
        }
        if (arrival.network() != null) {
            networks.add(arrival.network());
        }
        if (before.network() != null) {
            networks.remove(before.network());
        }
        return next;
    }

    /**
     * A session for one frame of a request over HTTP. It has the id, the lease and the user of the client's session, and
     * is not in this registry itself.
     *
     * @param requests shared by all frames of the request, so that they are served in order
     */
    public ClientSession forOneFrame(
            ClientSession main, Transport transport, Identity identity, RoomRequests requests) {
        ClientSession session =
                create(main.id(), transport, ConnectRequest.overHttp(main.lease()), main.arrival(), requests);
        session.setIdentity(admitted(identity));
        return session;
    }

    /** The queues of requests for one request over HTTP. */
    public RoomRequests newRequests() {
        return new RoomRequests(threads.pool());
    }

    private static OutboundLimits outboundLimits(Limits limits) {
        return new OutboundLimits(
                limits.get(LimitKeys.OUTBOUND_BYTES),
                TimeUnit.MILLISECONDS.toNanos(limits.get(LimitKeys.OUTBOUND_AGE)),
                limits.get(LimitKeys.NODE_OUTBOUND_BYTES));
    }

    /**
     * Reserves memory for the answer to a request for history, before its page is read.
     *
     * @return the release of the memory; must run once, when the answer is in its queue, or when there is no answer
     * @throws ProtocolException {@code busy} if too many bytes wait for slow clients
     */
    public Runnable reserveReply() {
        return reserveAnswer(Relay.PAGE_BYTES, false);
    }

    /**
     * Reserves memory for an answer that waits for its client in no queue.
     *
     * @param mayExceed whether the answer is counted in any case, even beyond the limit
     * @return the release of the memory; must run once
     * @throws ProtocolException {@code busy} if too many bytes wait for slow clients
     */
    public Runnable reserveAnswer(long bytes, boolean mayExceed) {
        if (mayExceed) {
            outbound.reserve(bytes);
        } else if (!outbound.tryReserve(bytes)) {
            throw limits.exceeded(
                    LimitKeys.NODE_OUTBOUND_BYTES,
                    ErrorCode.BUSY,
                    "the node holds as much for slow clients as it may",
                    Limits.RETRY_AFTER_MS);
        }
        return () -> outbound.release(bytes);
    }

    /** Bytes that wait in the queues of all sessions. A frame that waits in several queues counts once. */
    public long heldBytes() {
        return outbound.held();
    }

    /** Makes the frames that tell a slow client which messages it must fetch, in rooms with a history. */
    private GapFrameFactory gapFrames(ConnectRequest request) {
        return new GapFrameFactory() {
            @Override
            public EncodedFrame of(MessageRange dropped) {
                return request.isPlain() ? printableBehind(dropped) : encoded(behind(dropped));
            }

            @Override
            public boolean mayDrop(RoomName room) {
                return settings.historySize(room) > 0;
            }
        };
    }

    private EncodedFrame printableBehind(MessageRange range) {
        return encoded(behind(range).printable(range.room().value()));
    }

    private ServerFrame behind(MessageRange range) {
        metrics.increment(Counter.MEMBERS_BEHIND);
        return new ServerFrame.Behind(range.room().value(), range.first(), new Position(range.epoch(), range.last()));
    }

    private EncodedFrame encoded(ServerFrame frame) {
        return EncodedFrame.of(FrameKind.REPLY, writer.write(frame));
    }

    /**
     * Sets the identity of a session. An info about the user that is too large is left out.
     *
     * @return false if the session was removed meanwhile
     * @throws ProtocolException {@code busy} if the user has too many sessions
     */
    public boolean identify(ClientSession session, Identity identity) {
        // remove() uses the same monitor, because a session that is removed meanwhile must not stay counted.
        synchronized (session) {
            UserId before = session.user();
            if (!openSessions.containsKey(session.id())) {
                return false;
            }
            if (!identity.userId().equals(before)) {
                int count = users.add(identity.userId().value());
                if (!limits.allows(LimitKeys.USER_SESSIONS, count)) {
                    users.remove(identity.userId().value());
                    limits.require(LimitKeys.USER_SESSIONS, count, ErrorCode.BUSY, "too many sessions of this user");
                }
                if (before != null) {
                    users.remove(before.value());
                }
            }
            session.setIdentity(admitted(identity));
            return true;
        }
    }

    /** The identity as it holds in sessions of this node. */
    private Identity admitted(Identity identity) {
        return identity.shownAs(withSmallInfo(identity.user()))
                .permitted(identity.permissions().inRooms(settings.permissionsOfEverybody()));
    }

    private User withSmallInfo(User user) {
        User shown = limits.withSmallInfo(user);
        if (!shown.equals(user)) {
            warnings.warn(
                    "info",
                    () -> "The info in a token of user " + LogText.of(user.id().value())
                            + " was left out: it is larger than " + LimitKeys.INFO_BYTES.name());
        }
        return shown;
    }

    /**
     * Removes a session, and drops the frames that wait for it.
     *
     * @return false if the session was removed before
     */
    public boolean remove(ClientSession session, int closeCode) {
        if (!openSessions.remove(session.id(), session)) {
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
        session.queue().markClosed();
        metrics.sessionClosed(closeCode);
        if (session.queue().closeCode() == CloseCode.SLOW_CONSUMER) {
            warnings.warn("slow", () -> slowText(session));
        }
        return true;
    }

    private static String slowText(ClientSession session) {
        String user = session.user() == null
                ? ""
                : " of user " + LogText.of(session.user().value());
        String address = session.arrival().address();
        return "Session " + session.id() + user + (address == null ? "" : " from " + LogText.of(address))
                + " was closed with 4000, because its client reads too slowly";
    }

    /** The open session with this id, or null. */
    public ClientSession find(String id) {
        return openSessions.get(id);
    }

    public Collection<ClientSession> all() {
        return openSessions.values();
    }

    public int count() {
        return openSessions.size();
    }

    /** Number of different users with an open session. */
    public int userCount() {
        return users.size();
    }

    /** A new random name for a client that gave none. */
    public static UserId newGuest() {
        return new UserId("guest-"
                + Node.randomId(6)
                        .replaceAll("[^A-Za-z0-9]", "x")
                        .substring(0, 6)
                        .toLowerCase(Locale.ROOT));
    }

    /** Counts by name, and removes a name whose count is 0. Any thread. */
    private static final class KeyedCounter {
        private final ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();

        int size() {
            return counts.size();
        }

        /** @return the new count of the name */
        int add(String name) {
            return counts.merge(name, 1, Integer::sum);
        }

        void remove(String name) {
            counts.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1);
        }
    }
}
