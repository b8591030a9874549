package io.roomcast.support.redis;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import redis.embedded.RedisExecProvider;

/** A real Redis 7 on a free loopback port, with a directory of its own. Whoever starts it closes it. */
public final class RedisProcess implements AutoCloseable {
    private static final String EXECUTABLE = executable();

    private final List<String> options;
    private final Path directory;
    private final int port;
    private Process process;

    private RedisProcess(int port, List<String> options) {
        this.port = port;
        this.options = options;
        try {
            this.directory = Files.createTempDirectory("roomcast-redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        start();
    }

    /** @param options as on the command line of redis-server */
    public static RedisProcess launch(String... options) {
        return launchAt(freePort(), options);
    }

    public static RedisProcess launchAt(int port, String... options) {
        return new RedisProcess(port, List.of(options));
    }

    /** One that speaks TLS only, and asks for no certificate of its clients. */
    public static RedisProcess launchTls(Certificates own) {
        int port = freePort();
        String certificate = own.certificate().toString();
        List<String> options = new ArrayList<>(List.of("--port", "0", "--tls-port", String.valueOf(port)));
        options.addAll(List.of("--tls-auth-clients", "no", "--tls-ca-cert-file", certificate));
        options.addAll(List.of(
                "--tls-cert-file", certificate, "--tls-key-file", own.key().toString()));
        return new RedisProcess(port, options);
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public Path directory() {
        return directory;
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** Starts it again, after {@link #kill}, with what it had written to its directory. */
    public void start() {
        List<String> command = new ArrayList<>(List.of(EXECUTABLE));
        command.addAll(options); // First, since a configuration file has to be.
        command.addAll(List.of("--bind", "127.0.0.1", "--dir", directory.toString()));
        if (!options.contains("--tls-port")) {
            command.addAll(List.of("--port", String.valueOf(port)));
        }
        if (!options.contains("--save") && !options.contains("--sentinel")) {
            command.addAll(List.of("--save", ""));
        }
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady(process);
    }

    private void awaitReady(Process started) {
        CountDownLatch ready = new CountDownLatch(1);
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        Thread drain = new Thread(() -> {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (log.size() < 100) {
                        log.add(line);
                    }
                    if (line.contains("Ready to accept connections") || line.contains("Sentinel ID is")) {
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
                throw new AssertionError("Redis did not start:\n" + String.join("\n", log));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL; what was not written is lost. */
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

    private static String executable() {
        try {
            return RedisExecProvider.defaultProvider().get().getAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
