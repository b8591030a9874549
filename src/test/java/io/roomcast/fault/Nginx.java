package io.roomcast.fault;

import io.roomcast.support.Await;
import io.roomcast.support.machine.Ports;
import io.roomcast.support.machine.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The nginx of this machine, with the configuration of {@code docker/nginx} but for ports and the nodes' addresses. */
final class Nginx implements AutoCloseable {
    private static final Path SHIPPED = Path.of("docker/nginx");

    private final int port = Ports.free();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Path directory;
    private final Process process;

    /** @param nodes name of the file with the nodes, the first of which is {@code a} */
    Nginx(String nodes, URI a, URI b) throws IOException {
        directory = Files.createTempDirectory("test-nginx");
        Path included = Files.createDirectories(directory.resolve("roomcast"));
        Files.writeString(
                directory.resolve("nginx.conf"), replaced("nginx.conf", "/tmp/nginx-", directory + "/nginx-"));
        Files.copy(SHIPPED.resolve("roomcast.conf"), included.resolve("roomcast.conf"));
        Files.writeString(
                included.resolve("listen.conf"),
                replaced("listen.conf", "listen 8080;", "listen 127.0.0.1:" + port + ";"));
        Files.writeString(
                included.resolve("nodes.conf"),
                replaced(nodes, "node1:8080", a.getAuthority()).replace("node2:8080", b.getAuthority()));
        process = new ProcessBuilder(
                        Program.NGINX.require().toString(),
                        "-p",
                        directory.toString(),
                        "-c",
                        directory.resolve("nginx.conf").toString(),
                        "-g",
                        "daemon off; pid " + directory.resolve("pid") + ";")
                .redirectErrorStream(true)
                .start();
        Thread reader = new Thread(this::read, "output of nginx");
        reader.setDaemon(true);
        reader.start();
        Await.until("nginx to listen", 20, () -> listens() || !process.isAlive());
        if (!process.isAlive()) {
            throw new IOException("nginx does not start: " + log);
        }
    }

    private static String replaced(String file, String shipped, String here) throws IOException {
        String text = Files.readString(SHIPPED.resolve(file));
        if (!text.contains(shipped)) {
            throw new IOException(file + " has no " + shipped);
        }
        return text.replace(shipped, here);
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(log::add);
        } catch (IOException | UncheckedIOException e) {
            log.add(e.toString());
        }
    }

    URI webSocket(String user) {
        return URI.create("ws://127.0.0.1:" + port + "/ws?user=" + user);
    }

    URI http(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** What it answered and complained of, a line each. */
    List<String> log() {
        return log;
    }

    @Override
    public void close() {
        process.destroy(); // Takes its workers along; SIGKILL would not.
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file :
                        files.sorted((one, other) -> other.compareTo(one)).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
