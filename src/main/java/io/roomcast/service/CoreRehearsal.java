package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.local.LocalRelayProvider;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
import io.roomcast.node.Warnings;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrameReader;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.Subprotocol;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.RelayProvider;
import io.roomcast.room.LagBudget;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.admission.Authentication;
import io.roomcast.service.admission.ClientOrigin;
import io.roomcast.service.admission.LoadShedding;
import io.roomcast.service.admission.RateLimits;
import io.roomcast.service.operations.LimitWarnings;
import io.roomcast.service.operations.Refusals;
import io.roomcast.service.operations.Rehearsal;
import io.roomcast.service.operations.ShownAddresses;
import io.roomcast.service.presence.PresenceAnnouncer;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.ConnectRequest;
import io.roomcast.service.session.InFlight;
import io.roomcast.service.session.SessionRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * A rehearsal for nodes in an application server, which do not know the server's ports before clients use them. So it
 * begins below the handshake: sessions that say and hear everything that clients do, without connections. It has a core
 * of its own, with a local relay, rooms, limits and metrics, and shares with the node nothing but the code.
 */
public final class CoreRehearsal implements Rehearsal {
    private static final int MEMBERS = 50;
    private static final int PUBLISHERS = 5;
    private static final int MESSAGES = 5;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final ClientOrigin HERE = new ClientOrigin("127.0.0.1", "127.0.0.1", "localhost", null, List.of());

    private final ClientFrameReader reader = new ClientFrameReader();
    private final Clocks clocks = Clocks.system();
    private final Threads threads;
    private final RelayProvider.RelayAndPresence opened;
    private final RoomRegistry rooms;
    private final RoomService service;
    private int rounds;

    /** @param source makes the threads of the rehearsal, which end with it */
    public CoreRehearsal(ThreadFactory source) {
        Map<String, String> texts = Map.of("roomcast.auth", "open", "roomcast.node", "warm-up");
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.ofNullable(texts.get(key)), texts.keySet());
        CoreProducers producers = new CoreProducers();
        threads = Threads.of(source, 0);
        NodeMetrics metrics = new NodeMetrics();
        Warnings warnings = new Warnings(clocks);
        Limits limits = producers.limits(config, metrics, warnings);
        RoomSettings settings = new RoomSettings(config, limits);
        Node node = new Node(config);
        RunningTime time = new RunningTime(clocks.nanos());
        ServerFrameWriter writer = new ServerFrameWriter();
        LagBudget lag = CoreProducers.lagBudget(limits);
        HistoryLimits.Rule history = room ->
                new HistoryLimits(settings.historySize(room), settings.historyAge(room), settings.historyBytes(room));
        opened = new LocalRelayProvider(config)
                .open(new RelayProvider.Context(
                        node.name(), history, threads.loopThreads(), threads.timer(), clocks.nanos(), metrics));
        rooms = producers.rooms(opened.relay(), opened.presence(), threads, clocks, lag, limits, settings, metrics);
        PresenceAnnouncer announcer = new PresenceAnnouncer(rooms, writer, threads, settings, config);
        opened.presence().start(announcer, config.get(Keys.PRESENCE_NAMES));
        ShownAddresses addresses = new ShownAddresses(config);
        LimitWarnings limitWarnings = new LimitWarnings(warnings, limits, config);
        Refusals refusals = new Refusals(metrics, clocks, node, addresses, limitWarnings, config);
        SessionRegistry sessions = new SessionRegistry(writer, metrics, limits, time, threads, settings, warnings);
        // Without tokens, nothing verifies them.
        Authentication authentication = new Authentication(null, warnings, config);
        RateLimits rates = new RateLimits(limits, settings, rooms);
        ErrorReplies errors = new ErrorReplies(metrics, refusals, rates, limitWarnings);
        RoomJoins joins =
                new RoomJoins(rooms, opened.presence(), announcer, errors, threads, limits, settings, metrics, config);
        Messaging messaging = new Messaging(
                new Publisher(opened.relay(), writer, metrics, clocks),
                opened.relay(),
                opened.presence(),
                announcer,
                writer,
                errors,
                threads,
                rates,
                new LoadShedding(rooms, lag, limits, metrics),
                limits,
                settings,
                sessions,
                // No frame of the rehearsal asks other nodes.
                null);
        TokenAdmission tokens =
                new TokenAdmission(authentication, joins, sessions, errors, threads, time, clocks, config);
        InFlight inFlight = new InFlight(limits);
        service = new RoomService(
                new Entrance(authentication, sessions, addresses, clocks, refusals, metrics),
                refusals,
                authentication,
                tokens,
                sessions,
                joins,
                messaging,
                new Searching(opened.relay(), errors, threads, rates, limits, inFlight, sessions),
                rates,
                inFlight,
                errors,
                metrics,
                new Greeting(tokens, node, limits, config),
                limits,
                time);
    }

    @Override
    public int playRound() throws TimeoutException, BadFrameException {
        String room = "warm-up-" + rounds++;
        List<ClientSession> crowd = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            crowd.add(service.open(
                    new SilentTransport(),
                    new ConnectRequest(new UserId("user" + i), new RoomName(room), null, true, Subprotocol.V1),
                    HERE));
        }
        for (int i = 0; i < PUBLISHERS; i++) {
            talk(crowd.get(i), room + i);
        }
        for (ClientSession session : crowd) {
            service.endSession(session, CloseCode.NORMAL.number());
        }
        awaitEmptyRooms();
        return crowd.size();
    }

    private void talk(ClientSession session, String keys) throws BadFrameException {
        for (int n = 1; n <= MESSAGES; n++) {
            say(
                    session,
                    "{\"type\":\"publish\",\"id\":" + n + ",\"idempotencyKey\":\"" + keys + "-" + n
                            + "\",\"content\":\"A message of the usual length, which nobody reads.\"}");
        }
        say(session, "{\"type\":\"signal\",\"signal\":\"typing\"}");
        say(session, "{\"type\":\"history\",\"id\":11,\"limit\":20}");
        say(session, "{\"type\":\"members\",\"id\":12}");
        say(session, "{\"type\":\"ping\",\"id\":13}");
    }

    private void say(ClientSession session, String frame) throws BadFrameException {
        service.receive(session, reader.read(frame));
    }

    /** The requests of a session come before its end. So when nobody is in a room any more, all are served. */
    private void awaitEmptyRooms() throws TimeoutException {
        long started = clocks.nanos().getAsLong();
        while (rooms.members() > 0) {
            if (clocks.nanos().getAsLong() - started > TIMEOUT.toNanos()) {
                throw new TimeoutException("a crowd of the warm-up does not end");
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
        }
    }

    @Override
    public void close() {
        opened.presence().close();
        opened.relay().close();
        threads.end();
    }

    /** The connection of a client that reads everything at once. */
    private static final class SilentTransport implements Transport {
        @Override
        public void send(EncodedFrame frame, Completion completion) {
            frame.webSocketFrame();
            completion.sent(null);
        }

        @Override
        public void ping() {}

        @Override
        public void close(CloseCode code, String reason) {}
    }
}
