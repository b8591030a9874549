package io.roomcast.support.kafka;

import io.roomcast.support.Await;
import io.roomcast.support.CuttableProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * A cluster of three Kafka servers, which find out soon that one is dead, and a proxy before each. Whoever launches it
 * closes it.
 */
public final class KafkaTrio implements AutoCloseable {
    /** Kafka's own value is nine seconds. */
    private static final String[] SOON = {"broker.session.timeout.ms=3000", "broker.heartbeat.interval.ms=500"};

    private static final long PATIENCE_SECONDS = 60;
    /** Held, since a logger without holder is forgotten. The administrator's client says each of its settings. */
    private static final Logger CLIENT = Logger.getLogger("org.apache.kafka");

    static {
        CLIENT.setLevel(Level.OFF);
    }

    private final List<KafkaProcess> servers;
    private final List<CuttableProxy> proxies;

    private KafkaTrio(List<KafkaProcess> servers) {
        this.servers = servers;
        this.proxies = servers.stream().map(KafkaProcess::openProxy).toList();
    }

    public static KafkaTrio launch() {
        return launch(SOON);
    }

    /** @param further lines of the configuration of each server */
    public static KafkaTrio launch(String... further) {
        List<KafkaProcess> servers = Stream.of(1, 2, 3).map(KafkaProcess::new).toList();
        servers.forEach(server -> server.configure(servers, further));
        try {
            // A server is ready when two have agreed.
            CompletableFuture.allOf(servers.stream()
                            .map(server -> CompletableFuture.runAsync(server::startAnew, KafkaTrio::onThread))
                            .toArray(CompletableFuture[]::new))
                    .join();
            return new KafkaTrio(servers);
        } catch (RuntimeException e) {
            servers.forEach(KafkaProcess::close);
            throw e;
        }
    }

    private static void onThread(Runnable start) {
        Thread thread = new Thread(start, "start of kafka");
        thread.setDaemon(true);
        thread.start();
    }

    public List<KafkaProcess> all() {
        return servers;
    }

    /** The addresses of all servers, as nodes take them. */
    public String servers() {
        return servers.stream().map(KafkaProcess::servers).collect(Collectors.joining(","));
    }

    /** The addresses of all servers by their proxies. */
    public String proxies() {
        return proxies.stream().map(proxy -> "127.0.0.1:" + proxy.port()).collect(Collectors.joining(","));
    }

    /** Cuts all connections by the proxies. */
    public void cut() {
        proxies.forEach(CuttableProxy::cut);
    }

    public void mend() {
        proxies.forEach(CuttableProxy::mend);
    }

    /** The server that decides what is stored in the partition. */
    public KafkaProcess leaderOf(String topic, int partition) {
        KafkaProcess[] leader = new KafkaProcess[1];
        Await.until("partition " + partition + " has a leader", PATIENCE_SECONDS, () -> {
            Node found = describe(topic, partition).leader();
            leader[0] = found == null
                    ? null
                    : servers.stream()
                            .filter(server -> server.id() == found.id())
                            .findAny()
                            .orElse(null);
            return leader[0] != null;
        });
        return leader[0];
    }

    /** Waits until so many servers have all of the partition. */
    public void awaitInSync(String topic, int partition, int count) {
        Await.until(
                () -> count + " servers in sync: " + describe(topic, partition),
                PATIENCE_SECONDS,
                () -> describe(topic, partition).isr().size() == count);
    }

    private TopicPartitionInfo describe(String topic, int partition) {
        TopicDescription found = ask(admin -> admin.describeTopics(List.of(topic))
                .topicNameValues()
                .get(topic)
                .get());
        return found.partitions().get(partition);
    }

    /** What an administrator asks. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Admin admin) throws ExecutionException, InterruptedException;
    }

    /** Asks the cluster as its administrator does. */
    public <T> T ask(Question<T> question) {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", servers(), "request.timeout.ms", 2_000, "default.api.timeout.ms", (int)
                        TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)))) {
            return question.ask(admin);
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        servers.forEach(KafkaProcess::close);
        try {
            for (CuttableProxy proxy : proxies) {
                proxy.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
