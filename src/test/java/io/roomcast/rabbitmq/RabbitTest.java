package io.roomcast.rabbitmq;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.roomcast.protocol.RoomName;
import io.roomcast.relay.NodeExchangeContractTest;
import io.roomcast.relay.PresenceOfNodesContract;
import io.roomcast.replica.AppendLog;
import io.roomcast.replica.AppendLogContractTest;
import io.roomcast.replica.LogRelayContract;
import io.roomcast.replica.ReplicaNode;
import io.roomcast.replica.TwoNodesContract;
import io.roomcast.replica.UnusableLog;
import io.roomcast.support.Await;
import io.roomcast.support.rabbitmq.RabbitProcess;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All contracts of relays, over one RabbitMQ. It is in one class, since RabbitMQ takes long to start. */
class RabbitTest {
    private static final String RELAYS = prefix();
    private static final String PRESENCE = prefix();
    private static RabbitProcess rabbit;

    @BeforeAll
    static void startRabbit() {
        rabbit = RabbitProcess.launch();
    }

    @AfterAll
    static void stopRabbit() {
        if (rabbit != null) {
            rabbit.close();
        }
    }

    static RabbitProcess rabbit() {
        return rabbit;
    }

    static String prefix() {
        return "test-" + UUID.randomUUID().toString().substring(0, 8);
    }

    static RabbitSettings settings(String server, Path trust, String password, String prefix) {
        return RabbitSettings.of(
                List.of(server),
                new RabbitSettings.Account("/", RabbitProcess.USER, password),
                trust,
                prefix,
                new RabbitSettings.Made(2, 1, Duration.ofHours(26)),
                Duration.ofSeconds(5));
    }

    static RabbitSettings settings(String prefix) {
        return settings(rabbit.server(), null, RabbitProcess.PASSWORD, prefix);
    }

    static AppendLog log(RabbitSettings settings) {
        return new RabbitAppendLog(settings, "test", RabbitTest::thread, System::nanoTime);
    }

    static Thread thread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    @Nested
    class Log extends AppendLogContractTest {
        private final String prefix = prefix();

        @Override
        protected AppendLog connect() {
            return log(settings(prefix));
        }

        @Test
        void allThreadsEndWithTheLog() {
            Set<Thread> before = Thread.getAllStackTraces().keySet();
            Set<Thread> made = ConcurrentHashMap.newKeySet();
            AppendLog log = new RabbitAppendLog(
                    settings(prefix),
                    "test",
                    work -> {
                        Thread thread = thread(work);
                        made.add(thread);
                        return thread;
                    },
                    System::nanoTime);
            ReplicaNode node = new ReplicaNode(log, "test", 10);
            assertEquals(3, made.size());
            node.close();
            Await.until("no thread is left", () -> {
                Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
                left.removeAll(before);
                return left.stream()
                        .noneMatch(thread -> thread.getName().contains("rabbit")
                                || thread.getName().contains("netty")
                                || made.contains(thread));
            });
        }
    }

    /** Netty leaves objects with each thread that calls it, which would keep an undeployed WAR. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theClassesOfANodeThatHasEndedAreFreed() throws Exception {
        WeakReference<ClassLoader> loader = loaderOfAnEndedNode();
        // Java 17 remembers the class of the record that was compared last.
        assertNotEquals(new Compared("one"), new Compared("other"));
        Await.until("the class loader is freed", () -> {
            System.gc();
            return loader.get() == null;
        });
    }

    private record Compared(Object value) {}

    private static WeakReference<ClassLoader> loaderOfAnEndedNode() throws Exception {
        List<URL> classPath = new ArrayList<>();
        for (File each : Stream.of(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
                .map(File::new)
                .toList()) {
            classPath.add(each.toURI().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            loader.loadClass(AppendOnce.class.getName())
                    .getMethod("run", String.class, String.class, String.class, String.class)
                    .invoke(null, rabbit.server(), RabbitProcess.USER, RabbitProcess.PASSWORD, prefix());
            return new WeakReference<>(loader);
        }
    }

    @Nested
    class Rooms extends LogRelayContract {
        @Override
        protected AppendLog connect() {
            return log(settings(RELAYS));
        }
    }

    @Nested
    class Presence extends PresenceOfNodesContract<ReplicaNode> {
        @Override
        protected ReplicaNode connect() {
            return new ReplicaNode(log(settings(PRESENCE)), "test", NAMES);
        }
    }

    @Nested
    class Exchange extends NodeExchangeContractTest {
        private final String prefix = prefix();

        @Override
        protected Joined join(String name) {
            return new ReplicaNode(log(settings(prefix)), name, 10).joined();
        }
    }

    /** What happens to a RabbitMQ. */
    @Nested
    class Faults extends RabbitFaultsContract {}

    /** TLS and logins. */
    @Nested
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    class Security {
        private final String prefix = prefix();

        private static void assertSays(RabbitSettings settings, String why) {
            List<String> said = UnusableLog.assertSays(log(settings), why);
            assertFalse(said.toString().contains(settings.account().password()), said::toString);
        }

        @Test
        void aNodeLogsInOverTls() {
            RabbitSettings secure =
                    settings(rabbit.secureServer(), rabbit.certificate(), RabbitProcess.PASSWORD, prefix);
            try (ReplicaNode node = new ReplicaNode(log(secure), "test", 10)) {
                assertEquals(
                        1,
                        get(node.relay.publish(new RoomName("lobby"), null, new byte[1]))
                                .offset());
            }
        }

        @Test
        void aNodeWithAWrongPasswordIsNotServedAndSaysWhy() {
            assertSays(settings(rabbit.server(), null, "wr0ng", prefix), "AUTHENTICATION_FAILURE");
        }

        @Test
        void aServerThatNobodyTrustsIsNotUsed() {
            assertSays(settings(rabbit.secureServer(), null, RabbitProcess.PASSWORD, prefix), "certification path");
        }
    }

    /** Whole nodes. */
    @Nested
    class Nodes extends TwoNodesContract {
        @Override
        protected Map<String, String> settings() {
            return Map.of(
                    "roomcast.relay",
                    "rabbitmq",
                    "roomcast.rabbitmq.servers",
                    rabbit.server(),
                    "roomcast.rabbitmq.user",
                    RabbitProcess.USER,
                    "roomcast.rabbitmq.password",
                    RabbitProcess.PASSWORD,
                    "roomcast.rabbitmq.prefix",
                    prefix(),
                    "roomcast.rabbitmq.partitions",
                    "2");
        }
    }
}
