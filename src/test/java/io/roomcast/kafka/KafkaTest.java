package io.roomcast.kafka;

import static io.roomcast.support.Stages.get;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.NodeExchangeContractTest;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.replica.AppendLog;
import io.roomcast.replica.AppendLogContractTest;
import io.roomcast.replica.ReplicaNode;
import io.roomcast.replica.ReplicaPresenceContract;
import io.roomcast.replica.ReplicatedRelay;
import io.roomcast.support.Await;
import io.roomcast.support.kafka.KafkaProcess;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

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
        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

        @AfterEach
        void stopTimer() {
            timer.shutdownNow();
        }

        @Override
        protected Relay create(HistoryLimits.Rule limits) {
            return new ReplicatedRelay(
                    log(RELAYS), ReplicaNode.limits(limits), "test", timer, System::nanoTime, new NodeMetrics());
        }

        @Override
        protected void start(HistoryLimits.Rule limits) {
            super.start(limits);
            ReplicaNode.awaitLive(relay);
        }

        /** Kafka has a clock of its own: waits until the room has no young messages any more. */
        @Override
        protected void pass(Duration age) {
            Await.until(
                    "messages grow old",
                    () -> get(relay.historyAfter(room, 0, 10)).messages().isEmpty());
        }
    }

    @Nested
    class Presence extends ReplicaPresenceContract {
        @Override
        protected AppendLog connect() {
            return log(PRESENCE);
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
}
