package io.roomcast.support.kafka;

import io.roomcast.support.CuttableProxy;
import io.roomcast.support.machine.BrokerProcess;
import io.roomcast.support.machine.Ports;
import io.roomcast.support.redis.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A real server of Kafka on free loopback ports. The build copies its libraries to {@code target/kafka}. */
public final class KafkaProcess extends BrokerProcess {
    private static final String CLUSTER = "AAAAAAAAAAAAAAAAAAAAAA";
    private static final String LOGIN_MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule";
    public static final String PASSWORD = "p@ss:w rd";
    private static final int START_SECONDS = 90;

    private final int id;
    private final int port = Ports.free();
    private final int securePort = Ports.free();
    private final int controllerPort = Ports.free();
    private final int proxiedPort = Ports.free();
    /** Where clients that come by the proxy are told that this server is. */
    private final int proxyPort = Ports.free();

    private final Certificates certificates = Certificates.make(directory().resolve("tls"));

    /** @param id of the server in its cluster */
    KafkaProcess(int id) {
        super("kafka");
        this.id = id;
    }

    public static KafkaProcess launch() {
        KafkaProcess kafka = new KafkaProcess(1);
        kafka.configure(List.of(kafka));
        kafka.startAnew();
        return kafka;
    }

    /**
     * Writes the configuration file.
     *
     * @param all servers of the cluster
     * @param further lines of the file
     */
    void configure(List<KafkaProcess> all, String... further) {
        int replicas = all.size();
        List<String> lines = new ArrayList<>(List.of(
                "process.roles=broker,controller",
                "node.id=" + id,
                "controller.quorum.voters="
                        + all.stream()
                                .map(each -> each.id + "@127.0.0.1:" + each.controllerPort)
                                .collect(Collectors.joining(",")),
                "listeners=CLIENTS://127.0.0.1:" + port + ",SECURE://127.0.0.1:" + securePort + ",PROXIED://127.0.0.1:"
                        + proxiedPort + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners=CLIENTS://127.0.0.1:" + port + ",SECURE://127.0.0.1:" + securePort
                        + ",PROXIED://127.0.0.1:" + proxyPort,
                "controller.listener.names=CONTROLLER",
                "inter.broker.listener.name=CLIENTS",
                "log.dirs=" + directory().resolve("data"),
                "auto.create.topics.enable=false",
                "offsets.topic.replication.factor=" + replicas,
                "transaction.state.log.replication.factor=" + replicas,
                "transaction.state.log.min.isr=1",
                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users=User:ANONYMOUS",
                "allow.everyone.if.no.acl.found=true",
                "log.cleaner.dedupe.buffer.size=4194304",
                "num.network.threads=2",
                "num.io.threads=2",
                "listener.security.protocol.map=CONTROLLER:PLAINTEXT,CLIENTS:PLAINTEXT,PROXIED:PLAINTEXT,SECURE:SASL_SSL",
                "listener.name.secure.ssl.keystore.type=PEM",
                "listener.name.secure.ssl.keystore.location=" + directory().resolve("server.pem"),
                "listener.name.secure.sasl.enabled.mechanisms=PLAIN",
                "listener.name.secure.plain.sasl.jaas.config=" + LOGIN_MODULE + " required user_ann=\"" + PASSWORD
                        + "\";"));
        lines.addAll(List.of(further));
        try {
            Files.writeString(
                    directory().resolve("server.pem"),
                    Files.readString(certificates.key()) + Files.readString(certificates.certificate()));
            Files.write(file(), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it for the first time. */
    void startAnew() {
        format();
        start();
    }

    private Path file() {
        return directory().resolve("server.properties");
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
                "-cp",
                Path.of("target", "kafka").toAbsolutePath() + "/*"));
        command.addAll(List.of(arguments));
        return command;
    }

    private void format() {
        try {
            Process format = new ProcessBuilder(
                            java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", file().toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(directory().resolve("format.log").toFile())
                    .start();
            if (!format.waitFor(START_SECONDS, TimeUnit.SECONDS) || format.exitValue() != 0) {
                throw new AssertionError(Files.readString(directory().resolve("format.log")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where it speaks TLS, and asks for a login. */
    public String secureServers() {
        return "127.0.0.1:" + securePort;
    }

    /** What a client needs to be ann there. */
    public Map<String, String> secureClient(String password) {
        return Map.of(
                "security.protocol", "SASL_SSL",
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", certificates.certificate().toString(),
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", LOGIN_MODULE + " required username=\"ann\" password=\"" + password + "\";");
    }

    /** Its number in its cluster. */
    int id() {
        return id;
    }

    public int port() {
        return port;
    }

    public String servers() {
        return "127.0.0.1:" + port;
    }

    /** A way to this server that can fail. A client that begins at its port is sent nowhere else. */
    public CuttableProxy openProxy() {
        try {
            return CuttableProxy.at(proxyPort, URI.create("http://127.0.0.1:" + proxiedPort));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected List<String> command() {
        return java("kafka.Kafka", file().toString());
    }

    @Override
    protected int startSeconds() {
        return START_SECONDS;
    }

    @Override
    protected boolean saysReady(String line) {
        return line.contains("Kafka Server started");
    }
}
