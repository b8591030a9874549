package io.roomcast.support.nats;

import io.roomcast.support.machine.BrokerProcess;
import io.roomcast.support.machine.Ports;
import io.roomcast.support.machine.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real NATS server with JetStream on a free loopback port. Where NATS is not installed, the test is skipped. The lines
 * of its configuration are given at the launch, or later by {@link #configure}.
 */
public final class NatsProcess extends BrokerProcess {
    private final Path program = Program.NATS_SERVER.require();
    private final int port = Ports.free();
    private final String scheme;

    private NatsProcess(String scheme, String... configuration) {
        super("nats");
        this.scheme = scheme;
        configure(configuration);
        start();
    }

    /** Writes the configuration file, for the next start. */
    public void configure(String... configuration) {
        try {
            List<String> lines = new ArrayList<>(List.of(
                    "host: 127.0.0.1",
                    "port: " + port,
                    "server_name: " + name(),
                    "jetstream { store_dir: \"" + directory().resolve("data") + "\", max_mem: 256MB, max_file: 2GB }"));
            lines.addAll(List.of(configuration));
            Files.write(file(), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file() {
        return directory().resolve("nats.conf");
    }

    /** @param configuration further lines of the configuration file */
    public static NatsProcess launch(String... configuration) {
        return new NatsProcess("nats", configuration);
    }

    /** One that speaks TLS only. */
    public static NatsProcess launchTls(Path certificate, Path key) {
        return new NatsProcess("tls", "tls { cert_file: \"" + certificate + "\", key_file: \"" + key + "\" }");
    }

    /** Its name among servers. */
    public String name() {
        return "test-" + port;
    }

    public String uri() {
        return scheme + "://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    @Override
    protected List<String> command() {
        return List.of(program.toString(), "-c", file().toString());
    }

    @Override
    protected boolean saysReady(String line) {
        return line.contains("Server is ready");
    }
}
