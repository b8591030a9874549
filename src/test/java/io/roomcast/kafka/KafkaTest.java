package io.roomcast.kafka;

import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.NodeExchangeContractTest;
import io.roomcast.relay.PresenceOfNodesContract;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.relay.RelayFixture;
import io.roomcast.replica.AppendLog;
import io.roomcast.replica.AppendLogContractTest;
import io.roomcast.replica.ReplicaNode;
import io.roomcast.replica.ReplicatedRelay;
import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.RecordingListener;
import io.roomcast.support.RoomClient;
import io.roomcast.support.Stages;
import io.roomcast.support.kafka.KafkaProcess;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All contracts of relays, over one Kafka. It is in one class, since Kafka takes long to start. */
class KafkaTest {
    private static final String RELAYS = topic();
    private static final String PRESENCE = topic();
    private static KafkaProcess kafka;

    @BeforeAll
    static void startKafka() {
        kafka = KafkaProcess.launch();
    }

    @AfterAll
    static void stopKafka() {
        if (kafka != null) {
            kafka.close();
        }
    }

    static String topic() {
        return "test-" + UUID.randomUUID().toString().substring(0, 8);
    }

    static KafkaSettings settings(KafkaProcess at, String topic) {
        return new KafkaSettings(at.servers(), topic, 2, 1, Duration.ofHours(26), Duration.ofSeconds(5), Map.of());
    }

    private static AppendLog log(String topic) {
        return new KafkaAppendLog(settings(kafka, topic), "test", KafkaTest::thread, System::nanoTime);
    }

    static Thread thread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    @Nested
    class Log extends AppendLogContractTest {
        private final String topic = topic();

        @Override
        protected AppendLog connect() {
            return log(topic);
        }
    }

    @Nested
    class Rooms extends RelayContractTest {
        @Override
        protected Relay create(HistoryLimits.Rule limits) {
            return new ReplicatedRelay(
                    log(RELAYS), ReplicaNode.limits(limits), "test", timer, System::nanoTime, new NodeMetrics());
        }

        @Override
        protected void start(HistoryLimits.Rule limits) {
            super.start(limits);
            Stages.untilAnswered(relay::probe);
        }

        @Override
        protected void pass(Duration age) {
            awaitOld();
        }
    }

    @Nested
    class Presence extends PresenceOfNodesContract<ReplicaNode> {
        @Override
        protected ReplicaNode connect() {
            return new ReplicaNode(log(PRESENCE), "test", NAMES);
        }
    }

    @Nested
    class Exchange extends NodeExchangeContractTest {
        private final String topic = topic();

        @Override
        protected Joined join(String name) {
            ReplicaNode node = new ReplicaNode(log(topic), name, 10);
            return new Joined() {
                @Override
                public NodeExchange exchange() {
                    return node.relay.exchange();
                }

                @Override
                public void close() {
                    node.close();
                }
            };
        }
    }

    private static ReplicaNode node(String topic) {
        return new ReplicaNode(log(topic), "test", 10);
    }

    /** What happens to a Kafka. */
    @Nested
    @Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    class Faults {
        private static final int MESSAGES = 600;
        private final RoomName room = new RoomName("lobby");
        private final String topic = topic();

        private Position publishUntilAcknowledged(ReplicaNode node, String content) {
            AtomicReference<Position> position = new AtomicReference<>();
            Await.until("Kafka stores " + content, 120, () -> {
                position.set(node.relay
                        .publish(room, "key " + content, content.getBytes(StandardCharsets.UTF_8))
                        .handle((done, failure) -> done)
                        .toCompletableFuture()
                        .join());
                return position.get() != null;
            });
            return position.get();
        }

        @Test
        void nothingIsLostDoubledOrOutOfOrderWhenKafkaIsKilled() throws Exception {
            try (ReplicaNode one = node(topic);
                    ReplicaNode two = node(topic)) {
                String epoch = get(two.relay.subscribe(room)).epoch();
                CountDownLatch flowing = new CountDownLatch(MESSAGES / 6);
                CompletableFuture<List<Position>> acknowledged = CompletableFuture.supplyAsync(() -> {
                    List<Position> positions = new ArrayList<>();
                    for (int i = 0; i < MESSAGES; i++) {
                        positions.add(publishUntilAcknowledged(one, "m" + i));
                        flowing.countDown();
                    }
                    return positions;
                });
                assertTrue(flowing.await(60, TimeUnit.SECONDS));
                kafka.kill();
                assertUnavailable(two.relay.probe());
                kafka.start();
                List<Position> positions = acknowledged.get(120, TimeUnit.SECONDS);
                two.listener.awaitCount(room, MESSAGES);
                assertEquals(
                        LongStream.rangeClosed(1, MESSAGES)
                                .mapToObj(offset -> new Position(epoch, offset))
                                .toList(),
                        positions);
                assertEquals(IntStream.range(0, MESSAGES).mapToObj(i -> "m" + i).toList(), two.listener.bodies(room));
                assertEquals(List.of(), two.listener.resets(room));
            }
        }

        @Test
        void allRoomsBeginAnewWhenTheTopicIsDeleted() throws Exception {
            try (ReplicaNode one = node(topic);
                    ReplicaNode two = node(topic)) {
                Position before = get(one.relay.subscribe(room));
                publishUntilAcknowledged(two, "a");
                one.listener.awaitCount(room, 1);
                try (Admin admin = new KafkaClients(settings(kafka, topic), "admin").admin()) {
                    admin.deleteTopics(List.of(topic)).all().get(20, TimeUnit.SECONDS);
                }
                one.listener.awaitResets(room, 1);
                Position anew = one.listener.resets(room).get(0);
                assertNotEquals(before.epoch(), anew.epoch());
                assertEquals(anew.epoch(), publishUntilAcknowledged(two, "b").epoch());
                one.listener.awaitCount(room, 2);
                assertEquals(List.of("a", "b"), one.listener.bodies(room));
            }
        }

        @Test
        void aTopicThatForgetsByOtherRulesIsRefused() throws Exception {
            KafkaSettings settings = settings(kafka, topic);
            try (Admin admin = new KafkaClients(settings, "admin").admin()) {
                KafkaTopics topics = new KafkaTopics(settings, admin);
                for (String wrong : List.of(
                        "cleanup.policy=compact",
                        "message.timestamp.type=CreateTime",
                        "retention.ms=60000",
                        "retention.bytes=1000000")) {
                    String[] config = wrong.split("=", 2);
                    Map<String, String> configs = new HashMap<>(Map.of("message.timestamp.type", "LogAppendTime"));
                    configs.put(config[0], config[1]);
                    NewTopic made = new NewTopic(topic, 1, (short) 1).configs(configs);
                    admin.createTopics(List.of(made)).all().get(20, TimeUnit.SECONDS);
                    String why = assertThrows(IllegalStateException.class, topics::prepare)
                            .getMessage();
                    assertTrue(why.contains(config[0]), why);
                    admin.deleteTopics(List.of(topic)).all().get(20, TimeUnit.SECONDS);
                    Await.until("the topic is gone", () -> isGone(topics));
                }
                assertEquals(2, topics.prepare().partitions());
            }
        }

        private boolean isGone(KafkaTopics topics) {
            try {
                return topics.id() == null;
            } catch (ExecutionException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** TLS and logins. */
    @Nested
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    class Security {
        private KafkaSettings secure(String password) {
            return new KafkaSettings(
                    kafka.secureServers(),
                    topic(),
                    1,
                    1,
                    Duration.ofHours(26),
                    Duration.ofSeconds(5),
                    kafka.secureClient(password));
        }

        @Test
        void aNodeLogsInOverTls() {
            AppendLog log =
                    new KafkaAppendLog(secure(KafkaProcess.PASSWORD), "test", KafkaTest::thread, System::nanoTime);
            try (ReplicaNode node = new ReplicaNode(log, "test", 10)) {
                assertEquals(
                        1,
                        get(node.relay.publish(new RoomName("lobby"), null, new byte[1]))
                                .offset());
            }
        }

        @Test
        void aNodeWithAWrongPasswordIsNotServedAndSaysWhy() {
            AppendLog log = new KafkaAppendLog(secure("wrong"), "test", KafkaTest::thread, System::nanoTime);
            try (CapturedLog said = CapturedLog.of("io.roomcast.kafka")) {
                Relay relay = new ReplicatedRelay(
                        log,
                        ReplicaNode.limits(RelayFixture.PLENTY.everywhere()),
                        "test",
                        Executors.newSingleThreadScheduledExecutor(),
                        System::nanoTime,
                        new NodeMetrics());
                relay.start(new RecordingListener());
                Await.until(
                        "the log says why",
                        () -> said.messages(Level.WARNING).stream()
                                .anyMatch(line -> line.contains("Authentication failed")));
                assertUnavailable(relay.publish(new RoomName("lobby"), null, new byte[1]));
                assertUnavailable(relay.probe());
                relay.close();
            }
        }
    }

    /** Whole nodes. */
    @Nested
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    class Nodes {
        private EmbeddedServer server(String name, String topic) {
            return EmbeddedServer.start(Map.of(
                    "roomcast.node",
                    name,
                    "roomcast.relay",
                    "kafka",
                    "roomcast.kafka.servers",
                    kafka.servers(),
                    "roomcast.kafka.topic",
                    topic,
                    "roomcast.kafka.partitions",
                    "2"));
        }

        @Test
        void clientsOfTwoNodesTalkAndRecover() {
            String topic = topic();
            try (EmbeddedServer one = server("one", topic);
                    EmbeddedServer two = server("two", topic)) {
                Await.until("both nodes are ready", () -> one.isReady() && two.isReady());
                assertEquals(
                        List.of("every_room_on_every_node", "reads_before_ready", "signals_stored_briefly"),
                        traits(one));
                RoomClient ann = RoomClient.enter(one.uri(), "lobby", "ann");
                RoomClient bob = RoomClient.enter(two.uri(), "lobby", "bob");
                assertEquals("ann,bob", users(ann));
                ann.say("{'type':'publish','id':1,'room':'lobby','content':'hello','key':'k'}");
                assertEquals("hello", bob.next("message").content());
                Frame ack = ann.next("ack");
                bob.close();
                ann.say("{'type':'publish','id':2,'room':'lobby','content':'missed'}");
                ann.next(frame -> frame.is("ack") && frame.number("id") == 2, "the second ack");
                RoomClient back = RoomClient.connect(two.uri().resolve("ws?user=bob"));
                back.say("{'type':'join','room':'lobby','since':{'epoch':'" + ack.string("epoch") + "','offset':1}}");
                assertTrue(back.next("joined").isTrue("recovered"));
                assertEquals("missed", back.next("message").content());
                back.close();
                ann.close();
            }
        }

        private static List<String> traits(EmbeddedServer node) {
            String ready = new Http(node.uri(), null)
                    .send("GET", "/health/ready", null)
                    .body();
            return Frame.of(ready).json().getJsonArray("relayTraits").getValuesAs(JsonString::getString);
        }

        private static String users(RoomClient client) {
            AtomicReference<String> users = new AtomicReference<>();
            Await.until("both are there", () -> {
                client.say("{'type':'members','id':9,'room':'lobby'}");
                users.set(client.next("members").json().getJsonArray("users").getValuesAs(JsonObject.class).stream()
                        .map(user -> user.getString("id"))
                        .collect(Collectors.joining(",")));
                return users.get().contains(",");
            });
            return users.get();
        }
    }
}
