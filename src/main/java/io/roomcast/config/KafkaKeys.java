package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/** Keys of {@code roomcast.relay=kafka}. */
public final class KafkaKeys {
    public static final Key<List<String>> SERVERS = new Key<>(
            "roomcast.kafka.servers",
            "127.0.0.1:9092",
            "host:port,...",
            "Some servers of one Kafka cluster, as `host:port,...`. The servers name the others.",
            KafkaKeys::servers);

    public static final Key<String> PROPERTIES = new Key<>(
            "roomcast.kafka.properties",
            "",
            "file",
            "Properties file with further settings of Kafka's clients, such as `security.protocol`, "
                    + "`sasl.mechanism`, `sasl.jaas.config` and `ssl.truststore.location`.",
            text -> text);

    public static final Key<String> TOPIC = new Key<>(
            "roomcast.kafka.topic",
            "roomcast",
            "name",
            "Topic with the messages of all rooms; one for each Roomcast cluster that shares a Kafka. Another topic, for "
                    + "signals, has `-notes` after this name.",
            Values.matching("[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits and _ -"));

    public static final Key<Integer> PARTITIONS = new Key<>(
            "roomcast.kafka.partitions",
            "8",
            "number",
            "Partitions of the topic, which share the rooms. Used when the first node makes the topic.",
            Values.integerBetween(1, 256));

    public static final Key<Integer> REPLICAS = new Key<>(
            "roomcast.kafka.replicas",
            "1",
            "number",
            "Servers that have each message: 3 in a Kafka cluster, of which two must store it before it is acknowledged. "
                    + "Used when the first node makes the topics.",
            Values.integerBetween(1, 7));

    public static final Key<Duration> KEEP = new Key<>(
            "roomcast.kafka.keep",
            "26h",
            "duration",
            "How long Kafka keeps a message. A room keeps its numbering for twelve thirteenths of this after the last "
                    + "one; that should not be less than `roomcast.history.age`. Used when the first node makes the topic.",
            Values.durationBetween("2h", "365d"));

    public static final Key<Duration> TIMEOUT = new Key<>(
            "roomcast.kafka.timeout",
            "2s",
            "duration",
            "How long Kafka may take for an answer; twice as long for storing a message.",
            Values.durationBetween("500ms", "1m"));

    static final List<Key<?>> ALL = List.of(SERVERS, PROPERTIES, TOPIC, PARTITIONS, REPLICAS, KEEP, TIMEOUT);

    private KafkaKeys() {}

    private static List<String> servers(String text) {
        List<String> servers = Values.list(text);
        boolean valid = !servers.isEmpty()
                && servers.stream()
                        .allMatch(server -> server.matches("([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\]):\\d{1,5}"));
        if (!valid) {
            throw new IllegalArgumentException("host:port, separated by commas");
        }
        return servers;
    }
}
