package io.roomcast.support.nats;

import io.roomcast.support.machine.Program;
import io.roomcast.support.redis.RedisProcess;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real NATS server with JetStream on a free loopback port, with a directory of its own. Whoever starts it closes it.
 * Where NATS is not installed, the test is skipped.
 */
public final class NatsProcess implements AutoCloseable {
    private final Path program = Program.NATS_SERVER.require();
    private final int port = RedisProcess.freePort();
    private final Path directory;
    private final String scheme;
    private Process process;

    private NatsProcess(String scheme, String... configuration) {
        this.scheme = scheme;
        try {
            directory = Files.createTempDirectory("roomcast-nats");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        configure(configuration);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        start();
    }

    /** Writes the configuration file, for the next start. */
    public void configure(String... configuration) {
        try {
            List<String> lines = new ArrayList<>(List.of(
                    "host: 127.0.0.1",
                    "port: " + port,
                    "server_name: test-" + port,
                    "jetstream { store_dir: \"" + directory.resolve("data") + "\", max_mem: 256MB, max_file: 2GB }"));
            lines.addAll(List.of(configuration));
            Files.write(directory.resolve("nats.conf"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param configuration further lines of the configuration file */
    public static NatsProcess launch(String... configuration) {
        return new NatsProcess("nats", configuration);
    }

    /** One that speaks TLS only. */
    public static NatsProcess launchTls(Path certificate, Path key) {
        return new NatsProcess("tls", "tls { cert_file: \"" + certificate + "\", key_file: \"" + key + "\" }");
    }

    public String uri() {
        return scheme + "://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Starts it again, after {@link #kill}, with what it had written to its directory. */
    public void start() {
        try {
            process = new ProcessBuilder(
                            program.toString(),
                            "-c",
                            directory.resolve("nats.conf").toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady(process);
    }

    private static void awaitReady(Process started) {
        CountDownLatch ready = new CountDownLatch(1);
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        Thread drain = new Thread(() -> {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (log.size() < 100) {
                        log.add(line);
                    }
                    if (line.contains("Server is ready")) {
                        ready.countDown();
                    }
                }
            } catch (IOException e) {
                ready.countDown(); // It was killed.
            }
        });
        drain.setDaemon(true);
        drain.start();
        try {
            if (!ready.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("NATS did not start:\n" + String.join("\n", log));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL. */
    public void kill() {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /** SIGSTOP: connections stay open, and nothing is answered. */
    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
