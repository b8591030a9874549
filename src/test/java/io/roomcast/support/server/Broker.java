package io.roomcast.support.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.stream.impl.Client;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamInfoOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.Promise;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.kafka.KafkaProcess;
import io.roomcast.support.machine.BrokerProcess;
import io.roomcast.support.nats.NatsAdmin;
import io.roomcast.support.nats.NatsProcess;
import io.roomcast.support.rabbitmq.RabbitProcess;
import io.roomcast.support.redis.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.Tuple;

/**
 * A broker between nodes on application servers. Each test of several nodes has another one on each server, so that all
 * clients of brokers are tried in all servers, and no test runs twice. {@code -Droomcast.tests.relay=nats} makes all
 * tests take one. Whoever launches it closes it.
 */
public sealed interface Broker extends AutoCloseable {

    /** The names of the relays. */
    enum Kind {
        REDIS,
        NATS,
        KAFKA,
        RABBITMQ
    }

    /** A new one, of the kind for the server that {@code arquillian.launch} names. */
    static Broker launch(Kind onWildFly, Kind onPayara) {
        Kind usual = "payara".equals(System.getProperty("arquillian.launch")) ? onPayara : onWildFly;
        String wanted = System.getProperty("roomcast.tests.relay", usual.name());
        return launch(Kind.valueOf(wanted.toUpperCase(Locale.ROOT)));
    }

    static Broker launch(Kind kind) {
        return switch (kind) {
            case REDIS -> new OverRedis(RedisProcess.launch());
            case NATS -> new OverNats(NatsProcess.launch());
            case KAFKA -> new OverKafka(KafkaProcess.launch());
            case RABBITMQ -> new OverRabbit(RabbitProcess.launch());
        };
    }

    BrokerProcess process();

    int port();

    /** What a node is told to use it. */
    default Map<String, String> settings() {
        return settings(port());
    }

    /** @param port of a proxy before the broker */
    Map<String, String> settings(int port);

    /** A way to the broker that can fail. */
    default CuttableProxy openProxy() throws IOException {
        return CuttableProxy.before(URI.create("http://127.0.0.1:" + port()));
    }

    /** The libraries that the WAR needs besides its own. */
    default List<Path> libraries() {
        return List.of();
    }

    /** The leases that a node still holds: others wait until they run out before they take its users for gone. */
    default List<String> leases(String node) {
        throw new UnsupportedOperationException("records of leases in a log do not have the names of nodes");
    }

    @Override
    void close();

    /** Redis. */
    record OverRedis(RedisProcess redis) implements Broker {
        @Override
        public BrokerProcess process() {
            return redis;
        }

        @Override
        public int port() {
            return redis.port();
        }

        @Override
        public Map<String, String> settings(int port) {
            return Map.of("roomcast.relay", "redis", "roomcast.redis.uri", "redis://127.0.0.1:" + port);
        }

        @Override
        public List<String> leases(String node) {
            try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
                return jedis.zrangeWithScores("roomcast:{!}:leases", 0, -1).stream()
                        .filter(lease -> lease.getScore() > 0)
                        .map(Tuple::getElement)
                        .filter(lease -> lease.startsWith(node + ":"))
                        .toList();
            }
        }

        @Override
        public void close() {
            redis.close();
        }
    }

    /** NATS with JetStream. */
    record OverNats(NatsProcess nats) implements Broker {
        private static final String LEASES = "roomcast-leases";

        @Override
        public BrokerProcess process() {
            return nats;
        }

        @Override
        public int port() {
            return nats.port();
        }

        @Override
        public Map<String, String> settings(int port) {
            return Map.of("roomcast.relay", "nats", "roomcast.nats.servers", "nats://127.0.0.1:" + port);
        }

        /** A lease is a message that has the node's name. */
        @Override
        public List<String> leases(String node) {
            try {
                return NatsAdmin.ask(List.of(nats.uri()), admin -> {
                    JetStreamManagement streams = admin.jetStreamManagement();
                    List<String> held = new ArrayList<>();
                    for (String lease : streams.getStreamInfo(LEASES, StreamInfoOptions.allSubjects())
                            .getStreamState()
                            .getSubjectMap()
                            .keySet()) {
                        if (new String(streams.getLastMessage(LEASES, lease).getData(), UTF_8).equals(node)) {
                            held.add(lease);
                        }
                    }
                    return held;
                });
            } catch (IOException | JetStreamApiException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            nats.close();
        }
    }

    /** Kafka, whose client the WAR does not have. */
    record OverKafka(KafkaProcess kafka) implements Broker {
        @Override
        public BrokerProcess process() {
            return kafka;
        }

        @Override
        public int port() {
            return kafka.port();
        }

        @Override
        public Map<String, String> settings(int port) {
            return Map.of(
                    "roomcast.relay",
                    "kafka",
                    "roomcast.kafka.servers",
                    "127.0.0.1:" + port,
                    "roomcast.kafka.partitions",
                    "2");
        }

        @Override
        public CuttableProxy openProxy() {
            return kafka.openProxy();
        }

        @Override
        public List<Path> libraries() {
            return List.of(ServerCommand.jarOf(KafkaProducer.class));
        }

        @Override
        public void close() {
            kafka.close();
        }
    }

    /** Streams of RabbitMQ, whose client the WAR does not have. */
    record OverRabbit(RabbitProcess rabbit) implements Broker {
        @Override
        public BrokerProcess process() {
            return rabbit;
        }

        @Override
        public int port() {
            return rabbit.port();
        }

        @Override
        public Map<String, String> settings(int port) {
            return Map.of(
                    "roomcast.relay",
                    "rabbitmq",
                    "roomcast.rabbitmq.servers",
                    "127.0.0.1:" + port,
                    "roomcast.rabbitmq.user",
                    RabbitProcess.USER,
                    "roomcast.rabbitmq.password",
                    RabbitProcess.PASSWORD,
                    "roomcast.rabbitmq.partitions",
                    "2");
        }

        /** The client, and what it uses of Netty. */
        @Override
        public List<Path> libraries() {
            return Stream.of(
                            Client.class,
                            ByteBuf.class,
                            Channel.class,
                            FileDescriptor.class,
                            ByteToMessageDecoder.class,
                            SslHandler.class,
                            AddressResolver.class,
                            Promise.class)
                    .map(ServerCommand::jarOf)
                    .toList();
        }

        @Override
        public void close() {
            rabbit.close();
        }
    }
}
