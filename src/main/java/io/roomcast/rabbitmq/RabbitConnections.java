package io.roomcast.rabbitmq;

import com.rabbitmq.stream.codec.SimpleCodec;
import com.rabbitmq.stream.impl.Client.ClientParameters;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.roomcast.rabbitmq.RabbitSettings.Server;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLException;

/**
 * Connects to one server after the other. Only one thread uses it, which must end with the node: Netty leaves objects with
 * each thread that calls it.
 */
final class RabbitConnections implements AutoCloseable {
    private static final long CLOSE_SECONDS = 3;
    private static final long QUIET_MILLIS = 0;

    /**
     * RabbitMQ's client tells each lost connection, which the node tells itself. So nothing is heard of it, unless an
     * operator has set a level. Held, since a logger without holder is forgotten.
     */
    private static final Logger CLIENT = Logger.getLogger("com.rabbitmq.stream");

    static {
        if (CLIENT.getLevel() == null) {
            CLIENT.setLevel(Level.OFF);
        }
    }

    private final RabbitSettings settings;
    private final String node;
    private final ThreadFactory threads;
    private EventLoopGroup eventLoop;
    private int attempts;

    /** @param node name of the node, which RabbitMQ shows */
    RabbitConnections(RabbitSettings settings, String node, ThreadFactory threads) {
        this.settings = settings;
        this.node = node;
        this.threads = threads;
    }

    /**
     * Connects to the next server.
     *
     * @throws ExecutionException if the certificates cannot be used
     * @throws RuntimeException if there is no connection
     */
    RabbitConnection open() throws ExecutionException {
        if (eventLoop == null) {
            eventLoop = new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
        }
        Server server = settings.servers().get(attempts % settings.servers().size());
        attempts++;
        try {
            return new RabbitConnection(parameters(server));
        } catch (SSLException e) {
            throw new ExecutionException(e);
        }
    }

    /** The next connection goes to the same server again, since this one was of use. */
    void connected() {
        attempts--;
    }

    private ClientParameters parameters(Server server) throws SSLException {
        RabbitSettings.Account account = settings.account();
        Duration timeout = settings.timeout();
        ClientParameters parameters = new ClientParameters()
                .host(server.host())
                .port(server.port())
                .virtualHost(account.virtualHost())
                .username(account.user())
                .password(account.password())
                .clientProperty("connection_name", "roomcast:" + node)
                .codec(new SimpleCodec())
                .compressionCodecFactory(compression -> null)
                .eventLoopGroup(eventLoop)
                .rpcTimeout(timeout)
                .requestedHeartbeat(Duration.ofSeconds(Math.max(2, 2 * timeout.toSeconds())))
                .bootstrapCustomizer(bootstrap ->
                        bootstrap.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis())));
        if (settings.tls() != null) {
            parameters.sslContext(sslContext(settings.tls())).port(server.port());
        }
        return parameters;
    }

    /** The name in the certificate must be that of the server. */
    private static SslContext sslContext(RabbitSettings.Tls tls) throws SSLException {
        SslContextBuilder context = SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS");
        return tls.trust() == null
                ? context.build()
                : context.trustManager(tls.trust().toFile()).build();
    }

    @Override
    public void close() {
        if (eventLoop != null) {
            eventLoop
                    .shutdownGracefully(QUIET_MILLIS, CLOSE_SECONDS, TimeUnit.SECONDS)
                    .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
