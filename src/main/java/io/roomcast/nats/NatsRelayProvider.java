package io.roomcast.nats;

import io.roomcast.config.NatsKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.relay.RelayProvider;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;

/** Makes the relay for {@code roomcast.relay=nats}. */
@ApplicationScoped
public class NatsRelayProvider implements RelayProvider {
    private RoomcastConfig config;

    /** For the CDI proxy. */
    protected NatsRelayProvider() {}

    @Inject
    public NatsRelayProvider(RoomcastConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "nats";
    }

    @Override
    public RelayAndPresence open(Context context) {
        NatsRelay relay = new NatsRelay(
                settings(),
                context.history(),
                context.node(),
                context.loopThreads(),
                context.timer(),
                context.nanoClock(),
                context.metrics());
        return new RelayAndPresence(relay, relay.presence(), relay.exchange());
    }

    private NatsSettings settings() {
        NatsSettings settings = NatsSettings.of(config.get(NatsKeys.SERVERS))
                .withLogin(login())
                .withPrefix(config.get(NatsKeys.PREFIX))
                .withTimeout(config.get(NatsKeys.TIMEOUT))
                .withStorage(new NatsSettings.Storage(
                        config.get(NatsKeys.REPLICAS), config.get(NatsKeys.ROOM_MESSAGES), config.get(NatsKeys.KEEP)));
        String trust = config.get(NatsKeys.TRUST);
        return trust.isEmpty() ? settings : settings.withTrust(Path.of(trust));
    }

    private NatsSettings.Login login() {
        String token = config.get(NatsKeys.TOKEN);
        String user = config.get(NatsKeys.USER);
        if (!token.isEmpty()) {
            return new NatsSettings.Token(token);
        }
        return user.isEmpty()
                ? new NatsSettings.Anonymous()
                : new NatsSettings.Password(user, config.get(NatsKeys.PASSWORD));
    }
}
