package io.roomcast.redis;

import io.roomcast.config.RedisKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.RelayProvider;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;

/** Makes the relay for {@code roomcast.relay=redis}. */
@ApplicationScoped
public class RedisRelayProvider implements RelayProvider {
    private RoomcastConfig config;

    /** For the CDI proxy. */
    protected RedisRelayProvider() {}

    @Inject
    public RedisRelayProvider(RoomcastConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public RelayAndPresence open(Context context) {
        RedisRelay relay = new RedisRelay(
                settings(),
                context.history(),
                context.node(),
                context.loopThreads(),
                context.timer(),
                context.nanoClock(),
                context.metrics());
        return new RelayAndPresence(relay, relay.presence(), relay.exchange());
    }

    private RedisSettings settings() {
        RedisSettings settings = RedisSettings.parse(config.get(RedisKeys.URI))
                .withPrefix(config.get(RedisKeys.PREFIX))
                .withTimeout(config.get(RedisKeys.TIMEOUT));
        if (!config.get(RedisKeys.TRUST).isEmpty()) {
            settings = settings.withTrust(Path.of(config.get(RedisKeys.TRUST)));
        }
        if (!config.get(RedisKeys.SENTINEL_NODES).isEmpty()) {
            String password = config.get(RedisKeys.SENTINEL_PASSWORD);
            settings = settings.withSentinels(
                    config.get(RedisKeys.SENTINEL_MASTER),
                    config.get(RedisKeys.SENTINEL_NODES),
                    password.isEmpty() ? null : password);
        }
        if (!config.get(RedisKeys.CLUSTER_NODES).isEmpty()) {
            settings = settings.withCluster(config.get(RedisKeys.CLUSTER_NODES));
        }
        return settings;
    }
}
