package io.roomcast.support.rabbitmq;

import io.roomcast.support.machine.BrokerProcess;
import io.roomcast.support.machine.Ports;
import io.roomcast.support.machine.Program;
import io.roomcast.support.redis.Certificates;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A real RabbitMQ with streams on free loopback ports. Erlang's port mapper, which RabbitMQ needs, is another process, of
 * this RabbitMQ alone. Where RabbitMQ is not installed, the test is skipped.
 */
public final class RabbitProcess extends BrokerProcess {
    public static final String USER = "ann";
    public static final String PASSWORD = "p@ss:w0rd";
    private static final int START_SECONDS = 90;
    /** Debian's command of this name wants to be its own user; what it calls does not. */
    private static final Path UNWRAPPED = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

    private final Path program = Program.RABBITMQ_SERVER.require();
    private final int port = Ports.free();
    private final int securePort = Ports.free();
    private final int mapperPort = Ports.free();
    private final int otherPort = Ports.free();
    private final int nodesPort = Ports.free();
    private final Certificates certificates = Certificates.make(directory().resolve("tls"));
    private Process mapper;

    private RabbitProcess() {
        super("rabbitmq");
    }

    public static RabbitProcess launch() {
        RabbitProcess rabbit = new RabbitProcess();
        rabbit.configure();
        rabbit.startMapper();
        rabbit.start();
        return rabbit;
    }

    private void configure() {
        List<String> lines = List.of(
                "listeners.tcp.1 = 127.0.0.1:" + otherPort,
                "stream.listeners.tcp.1 = 127.0.0.1:" + port,
                "stream.listeners.ssl.1 = 127.0.0.1:" + securePort,
                "ssl_options.certfile = " + certificates.certificate(),
                "ssl_options.keyfile = " + certificates.key(),
                "ssl_options.verify = verify_none",
                "stream.advertised_host = 127.0.0.1",
                "stream.advertised_port = " + port,
                "default_user = " + USER,
                "default_pass = " + PASSWORD,
                "log.console = true");
        try {
            Files.write(file("rabbitmq.conf"), lines);
            Files.writeString(file("plugins"), "[rabbitmq_stream].");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String name) {
        return directory().resolve(name);
    }

    private void startMapper() {
        try {
            mapper = new ProcessBuilder("epmd", "-port", Integer.toString(mapperPort), "-address", "127.0.0.1")
                    .redirectErrorStream(true)
                    .redirectOutput(new File(directory().toFile(), "epmd.log"))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code host:port}, where every user of this machine may log in. */
    public String server() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Where it speaks TLS. */
    public String secureServer() {
        return "rabbitmq-stream+tls://127.0.0.1:" + securePort;
    }

    /** What clients trust there. */
    public Path certificate() {
        return certificates.certificate();
    }

    @Override
    protected List<String> command() {
        Map<String, String> environment = Map.ofEntries(
                Map.entry("HOME", directory().toString()),
                Map.entry("RABBITMQ_NODENAME", "test@localhost"),
                Map.entry("RABBITMQ_DIST_PORT", Integer.toString(nodesPort)),
                Map.entry("ERL_EPMD_PORT", Integer.toString(mapperPort)),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_MNESIA_BASE", file("data").toString()),
                Map.entry("RABBITMQ_LOG_BASE", file("log").toString()),
                Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", file("plugins").toString()),
                Map.entry("RABBITMQ_CONFIG_FILE", file("rabbitmq.conf").toString()),
                Map.entry("RABBITMQ_CONF_ENV_FILE", file("none").toString()),
                // The script becomes the server, instead of starting it.
                Map.entry("RUNNING_UNDER_SYSTEMD", "true"),
                Map.entry(
                        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                        "+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"));
        List<String> command = new ArrayList<>(List.of("env"));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.add(
                (program.startsWith("/usr/sbin") && Files.isExecutable(UNWRAPPED) ? UNWRAPPED : program).toString());
        return command;
    }

    @Override
    protected int startSeconds() {
        return START_SECONDS;
    }

    @Override
    protected boolean saysReady(String line) {
        return line.contains("Server startup complete");
    }

    @Override
    protected void release() {
        if (mapper != null) {
            mapper.destroyForcibly();
            mapper.onExit().join();
        }
    }
}
