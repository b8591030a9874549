package io.roomcast.kafka;

import io.roomcast.config.ConfigException;
import io.roomcast.config.KafkaKeys;
import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.local.HistoryBudget;
import io.roomcast.relay.RelayProvider;
import io.roomcast.replica.AppendLog;
import io.roomcast.replica.ReplicatedRelay;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Makes the relay for {@code roomcast.relay=kafka}. No signature and no field has a type of Kafka, so that this class can be
 * loaded where Kafka's client is missing, as in the WAR.
 */
@ApplicationScoped
public class KafkaRelayProvider implements RelayProvider {
    private static final String CLIENT = "org.apache.kafka.clients.producer.KafkaProducer";
    /** A record that was not confirmed may be met all the same, for so many timeouts. */
    private static final int TIMEOUTS = 3;

    private RoomcastConfig config;

    /** For the CDI proxy. */
    protected KafkaRelayProvider() {}

    @Inject
    public KafkaRelayProvider(RoomcastConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public RelayAndPresence open(Context context) {
        requireClient(KafkaRelayProvider.class.getClassLoader());
        Duration timeout = config.get(KafkaKeys.TIMEOUT);
        AppendLog log =
                new KafkaAppendLog(settings(timeout), context.node(), context.loopThreads(), context.nanoClock());
        ReplicatedRelay relay = new ReplicatedRelay(
                log,
                new ReplicatedRelay.Limits(
                        context.history(),
                        HistoryBudget.maxBytes(config.get(Keys.HISTORY_NODE_BYTES)),
                        ReplicatedRelay.Limits.LEASE,
                        timeout.multipliedBy(TIMEOUTS)),
                context.node(),
                context.timer(),
                context.nanoClock(),
                context.metrics());
        return new RelayAndPresence(relay, relay.presence(), relay.exchange());
    }

    /** @throws ConfigException if the loader does not find Kafka's client */
    static void requireClient(ClassLoader loader) {
        try {
            Class.forName(CLIENT, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new ConfigException(List.of(
                    "roomcast.relay=kafka needs kafka-clients-4.3.1.jar, which the WAR does not have: see docs/relays.md, "
                            + "Kafka's client"));
        }
    }

    private KafkaSettings settings(Duration timeout) {
        return new KafkaSettings(
                String.join(",", config.get(KafkaKeys.SERVERS)),
                config.get(KafkaKeys.TOPIC),
                config.get(KafkaKeys.PARTITIONS),
                config.get(KafkaKeys.REPLICAS),
                config.get(KafkaKeys.KEEP),
                timeout,
                further(config.get(KafkaKeys.PROPERTIES)));
    }

    /** @throws ConfigException if the file cannot be read */
    static Map<String, String> further(String file) {
        Map<String, String> further = new HashMap<>();
        if (file.isEmpty()) {
            return further;
        }
        Properties properties = new Properties();
        try (Reader text = Files.newBufferedReader(Path.of(file))) {
            properties.load(text);
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(List.of("roomcast.kafka.properties: cannot read " + file + ": " + e));
        }
        properties.forEach((key, value) -> further.put((String) key, (String) value));
        return further;
    }
}
