package io.roomcast.rabbitmq;

import io.roomcast.config.RabbitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.replica.AppendLog;
import io.roomcast.replica.LogRelayProvider;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;

/** Makes the relay for {@code roomcast.relay=rabbitmq}. */
@ApplicationScoped
public class RabbitRelayProvider extends LogRelayProvider {

    /** For the CDI proxy. */
    protected RabbitRelayProvider() {}

    @Inject
    public RabbitRelayProvider(RoomcastConfig config) {
        super(config);
    }

    @Override
    public String name() {
        return "rabbitmq";
    }

    @Override
    protected Client client() {
        return new Client(
                "com.rabbitmq.stream.impl.Client",
                "stream-client-1.11.0.jar and the JARs of Netty 4.2.17 that it uses");
    }

    @Override
    protected AppendLog log(Context context) {
        return new RabbitAppendLog(settings(), context.node(), context.loopThreads(), context.nanoClock());
    }

    @Override
    protected Duration timeout() {
        return config().get(RabbitKeys.TIMEOUT);
    }

    private RabbitSettings settings() {
        String trust = config().get(RabbitKeys.TRUST);
        return RabbitSettings.of(
                config().get(RabbitKeys.SERVERS),
                new RabbitSettings.Account(
                        config().get(RabbitKeys.VIRTUAL_HOST),
                        config().get(RabbitKeys.USER),
                        config().get(RabbitKeys.PASSWORD)),
                trust.isEmpty() ? null : Path.of(trust),
                config().get(RabbitKeys.PREFIX),
                new RabbitSettings.Made(
                        config().get(RabbitKeys.PARTITIONS),
                        config().get(RabbitKeys.REPLICAS),
                        config().get(RabbitKeys.KEEP)),
                timeout());
    }
}
