package io.roomcast.service.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Author;
import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
import io.roomcast.node.Warnings;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.service.operations.Drain.Progress;
import io.roomcast.service.operations.Drain.State;
import io.roomcast.service.session.Arrival;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.ConnectRequest;
import io.roomcast.service.session.InFlight;
import io.roomcast.service.session.SessionRegistry;
import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The sessions of a node without a network. A transport records the frames, and ends the session when it is closed. */
class DrainTest {
    private static final Author OPERATOR = Author.apiKey("192.0.2.1");
    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration NEVER = Duration.ofHours(1);

    private final RoomcastConfig config = RoomcastConfig.load(key -> Optional.empty(), List.of());
    private final NodeMetrics metrics = new NodeMetrics();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Threads threads = new Threads(Runnable::run, timer, Thread::new);
    private final Warnings warnings = new Warnings(Clocks.system());
    private final SessionRegistry sessions = new SessionRegistry(
            new ServerFrameWriter(),
            metrics,
            new Limits(config, metrics),
            new RunningTime(System::nanoTime),
            threads,
            new RoomSettings(config, new Limits(config, metrics)),
            warnings);
    private final Readiness readiness = new Readiness(
            null, threads, Clocks.system(), metrics, warnings, RoomcastConfig.load(key -> Optional.empty(), Set.of()));
    private final InFlight requests = new InFlight(new Limits(config, metrics));
    private final Drain drain = new Drain(sessions, readiness, threads, Clocks.system(), config);

    @AfterEach
    void endTimer() {
        timer.shutdownNow();
    }

    @Test
    void tellsEverySessionItsOwnCloseTimeAndClosesItThen() throws InterruptedException {
        List<Client> clients = clients(50);
        long asked = System.nanoTime();
        Progress begun = drain.drain(SOON, OPERATOR);
        // By now some may have left: of how many have yet to, another test tells.
        assertEquals(new Progress(State.DRAINING, 50, begun.remaining(), 300, begun.elapsedMs()), begun);
        assertEquals(Readiness.State.DRAINING, readiness.state());
        for (Client client : clients) {
            client.awaitClose(CloseCode.DRAINING);
            long after = TimeUnit.NANOSECONDS.toMillis(client.closedAt - asked);
            assertTrue(after >= client.closeMs, "closed after " + after + ", close time " + client.closeMs);
        }
        assertTrue(clients.stream().map(client -> client.closeMs).distinct().count() > 25, "close times of their own");
        assertEquals(0, drain.progress().remaining());
    }

    @Test
    void theLogTellsWhoDidWhat() throws InterruptedException {
        try (CapturedLog log = CapturedLog.of(Drain.class.getName())) {
            Client client = client();
            drain.rebalance(0, NEVER, OPERATOR);
            drain.drain(Duration.ZERO, OPERATOR);
            client.awaitClose(CloseCode.DRAINING);
            Await.until("the drain has ended", () -> drain.progress().state() == State.DRAINED);
            drain.undrain(OPERATOR);
            String by = ", by the API key from 192.0.2.1";
            assertEquals(
                    List.of(
                            "A rebalance begins (sessions to close: 0, within 3600000 ms)" + by,
                            "A drain begins (sessions to close: 1, within 0 ms)" + by,
                            "The drain has closed all sessions",
                            "The drain or rebalance is ended (state: DRAINED, sessions that stay: 0)" + by),
                    log.messages(Level.INFO).stream()
                            .filter(line -> !line.equals("The rebalance has closed its sessions"))
                            .toList());
        }
    }

    @Test
    void answersARequestBeforeItClosesItsSession() throws InterruptedException {
        Client idle = client();
        Client client = client();
        Runnable answered = requests.begin(client.session, 1);
        drain.drain(Duration.ZERO, OPERATOR);
        idle.awaitClose(CloseCode.DRAINING);
        assertNull(client.code);
        answered.run();
        client.awaitClose(CloseCode.DRAINING);
    }

    @Test
    void closesASessionWhoseRequestIsNeverAnswered() throws InterruptedException {
        Client client = client();
        requests.begin(client.session, 1);
        long asked = System.nanoTime();
        drain.drain(Duration.ZERO, OPERATOR);
        client.awaitClose(CloseCode.DRAINING);
        long after = TimeUnit.NANOSECONDS.toMillis(client.closedAt - asked);
        assertTrue(after >= 1_000, "closed after " + after);
    }

    @Test
    void sendsNewcomersOn() throws InterruptedException {
        drain.drain(Duration.ZERO, OPERATOR);
        Client newcomer = client();
        newcomer.awaitClose(CloseCode.DRAINING);
        assertTrue(newcomer.closeMs > 0, "a close time was sent");
        assertTrue(newcomer.closeMs <= 5_000, "within five seconds");
    }

    @Test
    void undrainedKeepsItsSessionsAndIsReady() {
        List<Client> clients = clients(10);
        Progress begun = drain.drain(NEVER, OPERATOR);
        assertEquals(new Progress(State.DRAINING, 10, 10, NEVER.toMillis(), begun.elapsedMs()), begun);
        assertEquals(new Progress(State.OFF, 0, 0, 0, 0), drain.undrain(OPERATOR));
        assertEquals(10, sessions.count());
        assertTrue(clients.stream().allMatch(client -> client.code == null));
        assertEquals(Readiness.State.STARTING, readiness.state());
    }

    @Test
    void onlyWhoBeganADrainEndsItAsItsOwn() {
        Author other = Author.console(null);
        assertTrue(drain.drainIfNone(NEVER, OPERATOR));
        assertFalse(drain.drainIfNone(SOON, other));
        assertFalse(drain.undrainOwn(other));
        assertEquals(NEVER.toMillis(), drain.progress().windowMs());
        drain.drain(NEVER, other);
        assertFalse(drain.undrainOwn(OPERATOR));
        assertEquals(NEVER.toMillis(), drain.progress().windowMs());
        assertTrue(drain.undrainOwn(other));
        assertEquals(State.OFF, drain.progress().state());
        assertFalse(drain.undrainOwn(other));
    }

    @Test
    void rebalanceSendsItsShareAwayAndNobodyElse() throws InterruptedException {
        List<Client> clients = clients(40);
        assertEquals(10, drain.rebalance(0.25, SOON, OPERATOR).planned());
        assertEquals(Readiness.State.STARTING, readiness.state());
        List<Client> told =
                clients.stream().filter(client -> client.closeMs >= 0).toList();
        assertEquals(10, told.size());
        for (Client client : told) {
            client.awaitClose(CloseCode.DRAINING);
        }
        assertEquals(30, sessions.count());
        client();
        assertEquals(31, sessions.count());
    }

    @Test
    void aDrainingNodeIsNotRebalanced() {
        drain.drain(NEVER, OPERATOR);
        assertThrows(IllegalStateException.class, () -> drain.rebalance(0.5, SOON, OPERATOR));
        assertThrows(IllegalArgumentException.class, () -> drain.rebalance(Double.NaN, SOON, OPERATOR));
    }

    @Test
    void aStoppingNodeRefusesNewcomers() throws InterruptedException {
        drain.stop(NEVER);
        client().awaitClose(CloseCode.TRY_AGAIN_LATER);
    }

    private List<Client> clients(int count) {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(client());
        }
        return clients;
    }

    private Client client() {
        Client client = new Client();
        client.session = sessions.open(client, ConnectRequest.ofUser(null, null), new Arrival(null, null, 0, "fast"));
        return client;
    }

    private final class Client implements Transport {
        private final CountDownLatch closed = new CountDownLatch(1);
        private ClientSession session;
        private volatile long closeMs = -1;
        private volatile long closedAt;
        private volatile CloseCode code;

        void awaitClose(CloseCode expected) throws InterruptedException {
            assertTrue(closed.await(20, TimeUnit.SECONDS), "never closed");
            assertEquals(expected, code);
        }

        @Override
        public void send(EncodedFrame frame, Completion completion) {
            String text = frame.text();
            if (text.contains("\"draining\"")) {
                closeMs = Long.parseLong(text.replaceFirst(".*\"reconnectAfterMs\":(\\d+).*", "$1"));
            }
            completion.sent(null);
        }

        @Override
        public void ping() {}

        @Override
        public void close(CloseCode closeCode, String reason) {
            closedAt = System.nanoTime();
            code = closeCode;
            sessions.remove(session, closeCode.number());
            closed.countDown();
        }
    }
}
