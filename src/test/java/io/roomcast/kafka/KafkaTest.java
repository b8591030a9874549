package io.roomcast.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.relay.NodeExchangeContractTest;
import io.roomcast.relay.PresenceOfNodesContract;
import io.roomcast.replica.AppendLog;
import io.roomcast.replica.AppendLogContractTest;
import io.roomcast.replica.LogFaultsContract;
import io.roomcast.replica.LogRelayContract;
import io.roomcast.replica.ReplicaNode;
import io.roomcast.replica.TwoNodesContract;
import io.roomcast.support.Await;
import io.roomcast.support.kafka.KafkaProcess;
import io.roomcast.support.machine.BrokerProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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

    static KafkaProcess kafka() {
        return kafka;
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
    class Rooms extends LogRelayContract {
        @Override
        protected AppendLog connect() {
            return log(RELAYS);
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
            return new ReplicaNode(log(topic), name, 10).joined();
        }
    }

    /** What happens to a Kafka. */
    @Nested
    class Faults extends LogFaultsContract {
        private final String topic = topic();

        @Override
        protected AppendLog connect() {
            return log(topic);
        }

        @Override
        protected BrokerProcess broker() {
            return kafka;
        }

        @Override
        protected void delete() throws Exception {
            try (Admin admin = new KafkaClients(settings(kafka, topic), "admin").admin()) {
                admin.deleteTopics(List.of(topic)).all().get(20, TimeUnit.SECONDS);
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
    class Security extends KafkaSecurityContract {}

    /** Whole nodes. */
    @Nested
    class Nodes extends TwoNodesContract {
        @Override
        protected Map<String, String> settings() {
            return Map.of(
                    "roomcast.relay",
                    "kafka",
                    "roomcast.kafka.servers",
                    kafka.servers(),
                    "roomcast.kafka.topic",
                    topic(),
                    "roomcast.kafka.partitions",
                    "2");
        }
    }
}
