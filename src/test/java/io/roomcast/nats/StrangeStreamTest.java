package io.roomcast.nats;

import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.impl.Headers;
import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.Stages;
import io.roomcast.support.nats.NatsProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others do to the streams and subjects of Roomcast, and what is left when a relay has ended. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StrangeStreamTest {
    private static NatsProcess nats;

    private final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8);
    private final RoomName room = new RoomName("lobby");
    private Connection stranger;
    private NatsNode node;

    @BeforeAll
    static void startNats() {
        nats = NatsProcess.launch();
    }

    @AfterAll
    static void stopNats() {
        if (nats != null) {
            nats.close();
        }
    }

    @BeforeEach
    void connect() throws IOException, InterruptedException {
        stranger = Nats.connect(nats.uri());
        node = NatsNode.connected(settings());
    }

    private NatsSettings settings() {
        return NatsSettings.of(List.of(nats.uri())).withPrefix(prefix);
    }

    @AfterEach
    void disconnect() throws InterruptedException {
        node.close();
        stranger.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatOthersWriteIntoARoomBeginsANewEpoch() throws IOException, JetStreamApiException {
        get(node.relay.subscribe(room));
        Position before = node.publish(room, "a");
        node.listener.awaitCount(room, 1);
        stranger.jetStream().publish(prefix + ".m.lobby", bytes("junk"));
        Position after = node.publish(room, "b");

        assertNotEquals(before.epoch(), after.epoch());
        node.listener.awaitCount(room, 2);
        assertEquals(after.epoch(), get(node.relay.position(room)).epoch());
        assertEquals(1, get(node.relay.historyAfter(room, 0, 10)).messages().size());
    }

    @Test
    void whatOthersSayIsNotTakenForAMessage() {
        get(node.relay.subscribe(room));
        node.watch(room);
        for (String junk : List.of("", "S", "Pfoo", "xyz", "\u0000")) {
            stranger.publish(prefix + ".l.lobby", bytes(junk));
        }
        for (String header : List.of("", "a", "e 1 0 0 0 M", "e x 0 0 0 M", "e -1 0 0 0 E")) {
            stranger.publish(prefix + ".l.lobby", new Headers().put("Rc", header), bytes("junk"));
            stranger.publish(prefix + ".l.lobby", new Headers().put("Rp", header), bytes("junk"));
        }
        stranger.publish(prefix + ".x.all", bytes("junk"));
        node.enter(room, "ann");
        Position first = node.publish(room, "a");
        node.listener.awaitCount(room, 1);
        node.relay.signal(room, FrameKind.SIGNAL, bytes("{}"));
        node.listener.awaitSignals(3);

        assertEquals(1, first.offset());
        assertEquals(List.of(1L), node.listener.offsets(room));
        node.told.awaitChanges(room, "+ann");
        assertEquals(List.of(), node.told.wrong());
    }

    @Test
    void roomsThatWereEmptiedGetANewEpoch() throws IOException, JetStreamApiException {
        Position start = get(node.relay.subscribe(room));
        node.publish(room, "a");
        node.publish(room, "b");
        node.listener.awaitCount(room, 2);
        stranger.jetStreamManagement().purgeStream(prefix);
        Position after = node.publish(room, "c");

        assertNotEquals(start.epoch(), after.epoch());
        node.listener.awaitCount(room, 3);
        assertTrue(get(node.relay.historyAfter(room, 0, 10)).messages().size() == 1);
    }

    @Test
    void aStreamThatWasDeletedIsMadeAgain() throws IOException, JetStreamApiException {
        node.publish(room, "a");
        stranger.jetStreamManagement().deleteStream(prefix);
        Position after = node.publish(room, "b");
        assertEquals(1, after.offset());
        Stages.untilAnswered(node.relay::probe);
    }

    @Test
    void streamsOfPresenceThatWereDeletedAreMadeAgain() throws IOException, JetStreamApiException {
        node.watch(room);
        node.enter(room, "ann");
        for (String stream : List.of("-presence", "-leases", "-agreed")) {
            stranger.jetStreamManagement().deleteStream(prefix + stream);
        }
        node.enter(room, "bob");
        Await.until("both are there", () -> get(node.store.roster(room, 9)).count() == 2);
        node.leave(room, "ann");
        node.told.awaitChanges(room, "+ann", "+bob", "-ann");
        assertEquals(List.of(), node.told.wrong());
    }

    private Set<String> storedRooms() throws IOException, JetStreamApiException {
        return stranger.jetStreamManagement()
                .getStreamInfo(prefix, StreamInfoOptions.allSubjects())
                .getStreamState()
                .getSubjectMap()
                .keySet();
    }

    @Test
    void questionsStoreNothing() throws IOException, JetStreamApiException {
        Position told = get(node.relay.position(room));
        HistoryPage newest = get(node.relay.historyBefore(room, 0, 10));
        HistoryPage first = get(node.relay.historyAfter(room, 0, 10));
        assertFalse(storedRooms().contains(prefix + ".m.lobby"));

        assertEquals(new HistoryPage(told.epoch(), List.of(), false), newest);
        assertEquals(newest, first);
        assertEquals(new Position(told.epoch(), 1), node.publish(room, "a"));
        stranger.jetStreamManagement().purgeStream(prefix);
        assertNotEquals(told.epoch(), get(node.relay.position(room)).epoch());
    }

    @Test
    void aStreamThatIsFullRefusesUntilThereIsPlace() throws IOException, JetStreamApiException {
        node.publish(room, "a");
        node.enter(room, "ann");
        for (String stream : List.of(prefix, prefix + "-presence")) {
            limit(stream, 1);
        }
        assertUnavailable(node.relay.publish(room, "key", bytes("b")));
        assertUnavailable(node.relay.probe());
        assertUnavailable(node.store.enter(new RoomName("other"), User.of(new UserId("bob")), "of-bob"));
        for (String stream : List.of(prefix, prefix + "-presence")) {
            limit(stream, -1);
        }
        assertEquals(2, get(node.relay.publish(room, "key", bytes("b"))).offset());
        Stages.untilAnswered(node.relay::probe);
        node.enter(room, "bob");
        Await.until("both are there", () -> get(node.store.roster(room, 9)).count() == 2);
    }

    private void limit(String stream, long messages) throws IOException, JetStreamApiException {
        JetStreamManagement streams = stranger.jetStreamManagement();
        streams.updateStream(
                StreamConfiguration.builder(streams.getStreamInfo(stream).getConfiguration())
                        .discardPolicy(messages < 0 ? DiscardPolicy.Old : DiscardPolicy.New)
                        .maxMessages(messages)
                        .build());
    }

    @Test
    void whateverStandsInTheRecordOfARoomIsReplaced() throws IOException, JetStreamApiException {
        node.watch(room);
        node.enter(room, "ann");
        stranger.jetStream().publish(prefix + ".p.lobby", bytes("junk\n@\n! \n@x\n1 \u0000\n9999999999999999999999 a"));
        Await.until("ann is there", () -> get(node.store.roster(room, 9)).count() == 1);
        node.enter(room, "bob");
        Await.until("both are there", () -> get(node.store.roster(room, 9)).count() == 2);
        assertEquals(List.of(), node.told.wrong());
    }

    private long changesStored() throws IOException, JetStreamApiException {
        return stranger.jetStreamManagement()
                .getStreamInfo(prefix + "-presence")
                .getStreamState()
                .getLastSequence();
    }

    @Test
    void callsThatChangeNobodyStoreNothing() throws IOException, JetStreamApiException {
        node.enter(room, "ann");
        long stored = changesStored();
        assertTrue(get(node.store.enter(room, User.of(new UserId("bob")), "of-bob", 1))
                .isRefused());
        node.leave(room, "cem");
        node.enter(room, "ann");
        assertEquals(stored, changesStored());
        node.leave(room, "ann");
        assertEquals(stored + 1, changesStored());
    }

    @Test
    void largeMessagesThatWereMissedAreReadWithoutAReset() throws IOException {
        String large = "x".repeat(200 << 10);
        try (CuttableProxy proxy = CuttableProxy.before(URI.create(nats.uri()));
                NatsNode reader = NatsNode.connected(NatsSettings.of(List.of("nats://127.0.0.1:" + proxy.port()))
                        .withPrefix(prefix))) {
            get(reader.relay.subscribe(room));
            node.publish(room, large);
            reader.listener.awaitCount(room, 1);
            proxy.cut();
            node.publish(room, large);
            node.publish(room, large);
            proxy.mend();
            reader.listener.awaitCount(room, 3);
            assertEquals(List.of(1L, 2L, 3L), reader.listener.offsets(room));
            assertEquals(List.of(), reader.listener.resets(room));
        }
    }

    @Test
    void otherLimitsOfAStreamAreKeptAndNamed() {
        try (CapturedLog log = CapturedLog.of("io.roomcast.nats");
                NatsNode other = new NatsNode(
                        settings().withStorage(new NatsSettings.Storage(1, 500, Duration.ofHours(25))),
                        "other",
                        Duration.ofSeconds(2),
                        10)) {
            Stages.untilAnswered(other.relay::probe);
            Await.until(
                    "the log names the limit",
                    () -> log.messages(Level.WARNING).stream()
                            .anyMatch(text -> text.contains("max_msgs_per_subject is 10,000, not 500")
                                    || text.contains("max_msgs_per_subject is 10000, not 500")));
        }
    }

    /** Debian's server is too old for replicas, and any server that is alone has none to give. */
    @Test
    void replicasThatTheServerCannotKeepAreRefusedAndNamed() {
        try (CapturedLog log = CapturedLog.of("io.roomcast.nats");
                NatsNode other = new NatsNode(
                        settings()
                                .withPrefix(prefix + "-r")
                                .withStorage(new NatsSettings.Storage(3, 10_000, Duration.ofHours(25))),
                        "other",
                        Duration.ofSeconds(2),
                        10)) {
            Await.until(
                    "the log names the replicas",
                    () -> log.messages(Level.WARNING).stream().anyMatch(text -> text.contains("replicas")));
            assertUnavailable(other.relay.publish(room, null, bytes("a")));
        }
    }

    @Test
    void noThreadIsLeftWhenARelayHasEnded() {
        NatsNode other = NatsNode.connected(settings());
        other.publish(room, "a");
        other.close();
        assertTrue(other.threads.size() > 3);
        Await.until("all threads have ended", () -> other.threads.stream().noneMatch(Thread::isAlive));
        assertUnavailable(other.relay.publish(room, null, bytes("late")));
    }

    @Test
    void noThreadIsLeftWhenNatsWasNeverThere() {
        NatsNode other =
                new NatsNode(NatsSettings.of(List.of("nats://127.0.0.1:1")), "alone", Duration.ofSeconds(2), 10);
        assertUnavailable(other.relay.subscribe(room));
        other.close();
        Await.until("all threads have ended", () -> other.threads.stream().noneMatch(Thread::isAlive));
    }
}
