package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.TokenVerifier;
import io.roomcast.local.LocalPresence;
import io.roomcast.local.LocalRelayProvider;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrameReader;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayProvider;
import io.roomcast.service.admission.ClientOrigin;
import io.roomcast.service.admission.UnfinishedMessages;
import io.roomcast.service.cluster.NodeRooms;
import io.roomcast.service.cluster.NodeSessions;
import io.roomcast.service.presence.PresenceAnnouncer;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.ConnectRequest;
import io.roomcast.service.session.InFlight;
import io.roomcast.service.session.SessionRegistry;
import io.roomcast.support.Beans;
import io.roomcast.support.ManualExecutor;
import io.roomcast.support.ManualTimer;
import io.roomcast.support.ManualTransport;
import jakarta.enterprise.inject.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Everything from the service down, wired as in production, on one thread and with time at a standstill. */
public final class CoreFixture {
    static final ClientOrigin HERE = new ClientOrigin("127.0.0.1", "127.0.0.1", "localhost", null, List.of());

    final ManualExecutor lanes = new ManualExecutor();
    final ManualTimer timer = new ManualTimer();
    public final NodeMetrics metrics = new NodeMetrics();
    final Beans beans;
    final RoomService service;
    final SessionRegistry sessions;
    public final NodeSessions nodeSessions;
    public final NodeRooms nodeRooms;
    final Heartbeat heartbeat;
    final TokenAdmission admission;
    final UnfinishedMessages unfinishedMessages;
    public final Limits limits;
    final BackEndService backEnd;
    public final InFlight inFlight;
    private Duration wallAhead = Duration.ofDays(20_000);
    private final ClientFrameReader reader = new ClientFrameReader();

    public CoreFixture(Map<String, String> settings) {
        this(settings, new LocalPresence());
    }

    public CoreFixture(Map<String, String> settings, PresenceStore presence) {
        this(settings, presence, relay -> relay, null);
    }

    /**
     * @param around puts something between the service and the local relay
     * @param tokens null where none is looked at
     */
    public CoreFixture(
            Map<String, String> settings, PresenceStore presence, UnaryOperator<Relay> around, TokenVerifier tokens) {
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet());
        beans = new Beans(new CoreProducers())
                .put(RoomcastConfig.class, config)
                .put(Threads.class, new Threads(lanes, timer, Thread::new))
                .put(Clocks.class, new Clocks(this::wallClock, timer::nanos))
                .put(NodeMetrics.class, metrics)
                .put(Instance.class, Beans.only(new LocalRelayProvider(config)))
                .put(PresenceStore.class, presence)
                .put(TokenVerifier.class, tokens);
        beans.put(
                Relay.class,
                around.apply(beans.get(RelayProvider.RelayAndPresence.class).relay()));
        presence.start(beans.get(PresenceAnnouncer.class), config.get(Keys.PRESENCE_NAMES));
        limits = beans.get(Limits.class);
        inFlight = beans.get(InFlight.class);
        sessions = beans.get(SessionRegistry.class);
        nodeSessions = beans.get(NodeSessions.class);
        nodeRooms = beans.get(NodeRooms.class);
        service = beans.get(RoomService.class);
        backEnd = beans.get(BackEndService.class);
        heartbeat = beans.get(Heartbeat.class);
        admission = beans.get(TokenAdmission.class);
        unfinishedMessages = beans.get(UnfinishedMessages.class);
    }

    /** A connection to {@code /ws/lobby/<user>} with the subprotocol. */
    public Client enter(String user) {
        return enter(user, ManualTransport.immediate());
    }

    public Client enter(String user, ManualTransport transport) {
        return new Client(
                transport,
                service.open(
                        transport,
                        new ConnectRequest(new UserId(user), new RoomName("lobby"), null, true, "roomcast.v1"),
                        HERE));
    }

    /**
     * A connection to {@code /ws}.
     *
     * @param user null for a guest
     */
    public Client connect(String user) {
        return connect(user, ManualTransport.immediate());
    }

    public Client connect(String user, ManualTransport transport) {
        return new Client(
                transport,
                service.open(
                        transport, ConnectRequest.ofUser(user == null ? null : new UserId(user), "roomcast.v1"), HERE));
    }

    Instant wallClock() {
        return timer.instant().plus(wallAhead);
    }

    /** Somebody sets the clock of the machine, forward or back; no time passes. */
    void setWallClock(Duration by) {
        wallAhead = wallAhead.plus(by);
    }

    /** Lets time pass. */
    public void advance(long millis) {
        lanes.runAll();
        timer.advance(millis);
        lanes.runAll();
    }

    public final class Client {
        final ManualTransport transport;
        public final ClientSession session;
        private int taken;

        Client(ManualTransport transport, ClientSession session) {
            this.transport = transport;
            this.session = session;
        }

        public void send(String line) {
            try {
                service.receive(session, reader.read(line));
            } catch (BadFrameException e) {
                service.receiveInvalid(session, e);
            }
        }

        public void cut() {
            service.endSession(session, 1006);
        }

        /** What has come since the last call, one frame to a line. */
        public String news() {
            lanes.runAll();
            String news = String.join(
                    "\n", transport.frames().subList(taken, transport.frames().size()));
            taken = transport.frames().size();
            return news;
        }
    }
}
