package io.roomcast.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The clients of Kafka, as the log needs them. Classes are given as objects, since a name may mean no class in a WAR. */
final class KafkaClients {
    private static final String NO_COMPRESSION = "none";
    private static final int BUFFER_BYTES = 64 << 20;
    private static final int RETRY_MILLIS = 500;

    /**
     * Kafka's clients tell all their settings whenever one is made, and twice a second that a server is away. So nothing is
     * heard of them, unless an operator has set a level. Held, since a logger without holder is forgotten.
     */
    private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

    static {
        if (KAFKA.getLevel() == null) {
            KAFKA.setLevel(Level.OFF);
        }
    }

    private final KafkaSettings settings;
    private final String id;

    /** @param node name of the node, which Kafka shows */
    KafkaClients(KafkaSettings settings, String node) {
        this.settings = settings;
        this.id = "roomcast-" + node + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private Map<String, Object> common() {
        Map<String, Object> common = new HashMap<>(settings.further());
        common.put("bootstrap.servers", settings.servers());
        common.put("client.id", id);
        common.put("enable.metrics.push", false);
        common.put("metric.reporters", "");
        common.put("reconnect.backoff.max.ms", RETRY_MILLIS);
        common.put("retry.backoff.max.ms", RETRY_MILLIS);
        common.put("request.timeout.ms", millis(settings.timeout()));
        common.put("socket.connection.setup.timeout.ms", millis(settings.timeout()));
        return common;
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }

    Admin admin() {
        Map<String, Object> admin = common();
        admin.put("default.api.timeout.ms", 2 * millis(settings.timeout()));
        return Admin.create(admin);
    }

    /** @param maxBytes of a record */
    KafkaProducer<byte[], byte[]> producer(int maxBytes) {
        Map<String, Object> producer = common();
        producer.put("acks", "all");
        producer.put("enable.idempotence", true);
        producer.put("linger.ms", 0);
        producer.put("compression.type", NO_COMPRESSION);
        producer.put("buffer.memory", BUFFER_BYTES);
        producer.put("max.request.size", maxBytes);
        producer.put("max.block.ms", millis(settings.timeout()));
        producer.put("delivery.timeout.ms", 2 * millis(settings.timeout()));
        return new KafkaProducer<>(producer, new ByteArraySerializer(), new ByteArraySerializer());
    }

    KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> consumer = common();
        consumer.put("auto.offset.reset", "none");
        consumer.put("allow.auto.create.topics", false);
        consumer.put("enable.auto.commit", false);
        consumer.put("fetch.min.bytes", 1);
        consumer.put("max.poll.records", 5_000);
        consumer.put("default.api.timeout.ms", 2 * millis(settings.timeout()));
        return new KafkaConsumer<>(consumer, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
