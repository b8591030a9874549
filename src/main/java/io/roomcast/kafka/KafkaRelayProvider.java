package io.roomcast.kafka;

import io.roomcast.config.ConfigException;
import io.roomcast.config.KafkaKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.replica.AppendLog;
import io.roomcast.replica.LogRelayProvider;
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

/** Makes the relay for {@code roomcast.relay=kafka}. */
@ApplicationScoped
public class KafkaRelayProvider extends LogRelayProvider {

    /** For the CDI proxy. */
    protected KafkaRelayProvider() {}

    @Inject
    public KafkaRelayProvider(RoomcastConfig config) {
        super(config);
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    protected Client client() {
        return new Client("org.apache.kafka.clients.admin.AdminClientConfig", "kafka-clients-4.3.1.jar");
    }

    @Override
    protected AppendLog log(Context context) {
        return new KafkaAppendLog(settings(), context.node(), context.loopThreads(), context.nanoClock());
    }

    @Override
    protected Duration timeout() {
        return config().get(KafkaKeys.TIMEOUT);
    }

    private KafkaSettings settings() {
        return new KafkaSettings(
                String.join(",", config().get(KafkaKeys.SERVERS)),
                config().get(KafkaKeys.TOPIC),
                config().get(KafkaKeys.PARTITIONS),
                config().get(KafkaKeys.REPLICAS),
                config().get(KafkaKeys.KEEP),
                timeout(),
                further(config().get(KafkaKeys.PROPERTIES)));
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
