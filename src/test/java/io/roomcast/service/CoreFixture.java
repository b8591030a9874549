package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.TokenVerifier;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.HandTransport;
import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrameReader;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.LocalPresence;
import io.roomcast.relay.LocalRelay;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.room.HandExecutor;
import io.roomcast.room.HandTimer;
import io.roomcast.room.LagBudget;
import io.roomcast.room.RecentLimits;
import io.roomcast.room.RoomRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Everything from the service down, put together with {@code new}, on one thread and with time at a standstill. */
final class CoreFixture {
    static final Arrival HERE = new Arrival("127.0.0.1", "127.0.0.1", "localhost", null);

    final HandExecutor lanes = new HandExecutor();
    final HandTimer timer = new HandTimer();
    final NodeMetrics metrics = new NodeMetrics();
    final RoomService service;
    final Sessions sessions;
    final Heartbeat heartbeat;
    final InboundMessages inbound;
    final Limits limits;
    final BackEnd backEnd;
    final InFlight inFlight;
    private final ClientFrameReader reader = new ClientFrameReader();

    CoreFixture(Map<String, String> settings) {
        this(settings, new LocalPresence());
    }

    CoreFixture(Map<String, String> settings, PresenceStore presence) {
        this(settings, presence, relay -> relay, null);
    }

    /**
     * @param around puts something between the service and the local relay
     * @param tokens null where none is looked at
     */
    CoreFixture(
            Map<String, String> settings, PresenceStore presence, UnaryOperator<Relay> around, TokenVerifier tokens) {
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet());
        ServerFrameWriter writer = new ServerFrameWriter();
        Threads threads = new Threads(lanes, timer, Thread::new);
        Relay relay = around.apply(
                new LocalRelay(new HistoryLimits(1_000, Duration.ofHours(1), 1 << 20), 1 << 28, timer, timer));
        limits = new Limits(config, metrics);
        RunningTime time = new RunningTime(timer::nanos);
        LagBudget lag = limits.lagBudget();
        RoomRegistry rooms = new RoomRegistry(
                new OpenRooms(relay, presence),
                lanes,
                timer,
                timer::nanos,
                new RecentLimits(100, 1 << 20),
                Duration.ofSeconds(1),
                lag,
                limits.replayPace(timer, timer::nanos),
                metrics.delivery());
        relay.start(new RoomDelivery(rooms));
        Announcer announcer = new Announcer(rooms, writer, threads, config);
        presence.start(announcer, config.get(Keys.PRESENCE_NAMES));
        RateLimits rates = new RateLimits(limits, rooms);
        Refusal refusal = new Refusal(metrics, rates);
        inFlight = new InFlight(limits);
        Authentication authentication = new Authentication(tokens, config);
        sessions = new Sessions(writer, metrics, limits, time, threads, config);
        Joining joining = new Joining(rooms, presence, announcer, refusal, threads, limits, metrics, config);
        service = new RoomService(
                authentication,
                new Entrance(authentication, joining, sessions, refusal, threads, time, config),
                sessions,
                joining,
                new Talking(
                        relay,
                        presence,
                        announcer,
                        writer,
                        refusal,
                        metrics,
                        threads,
                        rates,
                        new Overload(rooms, lag, limits),
                        limits,
                        sessions),
                rates,
                inFlight,
                refusal,
                metrics,
                new Node(config),
                limits,
                time,
                config);
        backEnd = new BackEnd(relay, presence, writer, sessions, metrics, limits);
        heartbeat = new Heartbeat(sessions, service, threads, metrics, time, config);
        inbound = new InboundMessages(limits, metrics, threads);
    }

    /** A connection to {@code /ws/lobby/<user>} with the subprotocol. */
    Client enter(String user) {
        return enter(user, HandTransport.immediate());
    }

    Client enter(String user, HandTransport transport) {
        return new Client(
                transport,
                service.open(transport, new Address(new UserName(user), new RoomName("lobby"), null, false), HERE));
    }

    /**
     * A connection to {@code /ws}.
     *
     * @param user null for a guest
     */
    Client connect(String user) {
        return connect(user, HandTransport.immediate());
    }

    Client connect(String user, HandTransport transport) {
        return new Client(
                transport, service.open(transport, Address.ofUser(user == null ? null : new UserName(user)), HERE));
    }

    /** Lets time pass. */
    void advance(long millis) {
        lanes.runAll();
        timer.advance(millis);
        lanes.runAll();
    }

    final class Client {
        final HandTransport transport;
        final RoomSession session;
        private int taken;

        Client(HandTransport transport, RoomSession session) {
            this.transport = transport;
            this.session = session;
        }

        void send(String line) {
            try {
                service.receive(session, reader.read(line));
            } catch (BadFrameException e) {
                service.receiveBad(session, e);
            }
        }

        void cut() {
            service.closed(session, 1006);
        }

        /** What has come since the last call, one frame to a line. */
        String news() {
            lanes.runAll();
            String news = String.join(
                    "\n", transport.frames().subList(taken, transport.frames().size()));
            taken = transport.frames().size();
            return news;
        }
    }
}
