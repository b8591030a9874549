package io.roomcast.it.boot;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.roomcast.support.machine.Ports;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed WAR started by {@code java -jar}, as a process. */
class LauncherIT {

    private static final Duration START = Duration.ofSeconds(60);
    /** Of a kind that strangers bring about. */
    private static final Duration A_LINE_IN = Duration.ofSeconds(10);

    private static final int KILLED_BY_TERM = 128 + 15;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Process> started = new ArrayList<>();

    @TempDir
    private Path work;

    private Path temporary;

    @BeforeEach
    void makeTemporaryDirectory() throws IOException {
        temporary = Files.createDirectory(work.resolve("tmp"));
    }

    @AfterEach
    void killWhatIsLeft() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void servesTheUiAndRemovesItsFilesWhenItEnds() throws Exception {
        int port = Ports.free();
        Process server = startLive(port);

        assertEquals(200, get(port, "/").statusCode());
        assertTrue(get(port, "/").body().contains("<title>Roomcast</title>"));
        for (String hidden : List.of("/WEB-INF/web.xml", "/META-INF/MANIFEST.MF", "/io/roomcast/boot/Launcher.class")) {
            assertEquals(404, get(port, hidden).statusCode(), hidden);
        }
        Path unpacked = unpacked().get(0);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(unpacked)));

        server.destroy();
        assertTrue(server.waitFor(10, SECONDS), "did not end within seconds of SIGTERM");
        assertEquals(KILLED_BY_TERM, server.exitValue());
        assertEquals(List.of(), unpacked());
    }

    /** The script fails if the JVM does not take classes from the archive. */
    @Test
    void theExtractedWarStartsFromAClassDataArchive() throws Exception {
        Path extracted = work.resolve("extracted");
        Process extraction = start("--extract=" + extracted);
        assertTrue(extraction.waitFor(START.toSeconds(), SECONDS));
        assertEquals(0, extraction.exitValue(), output(extraction));

        String java = java();
        Process archive = run(List.of(
                Path.of("docker", "embedded", "archive.sh").toAbsolutePath().toString(),
                extracted.toString(),
                java,
                "1s"));
        assertTrue(archive.waitFor(START.toSeconds(), SECONDS));
        assertEquals(0, archive.exitValue(), output(archive));

        int port = Ports.free();
        startLive(
                port,
                run(List.of(
                        java,
                        "@" + extracted.resolve("jvm.options"),
                        "-jar",
                        extracted.resolve("roomcast.jar").toString(),
                        "--data=none",
                        "--port",
                        String.valueOf(port))));
        assertTrue(get(port, "/").body().contains("<title>Roomcast</title>"));
        assertEquals(404, get(port, "/roomcast.jar").statusCode());
        assertEquals(List.of(), unpacked());
    }

    @Test
    void theNextStartRemovesWhatAKilledServerLeftAndNothingElse() throws Exception {
        int port = Ports.free();
        startLive(port);
        List<Path> living = unpacked();
        startLive(Ports.free()).destroyForcibly().waitFor();
        assertEquals(2, unpacked().size());

        Process refused = start(port);
        assertTrue(refused.waitFor(START.toSeconds(), SECONDS));

        assertEquals(living, unpacked());
        assertEquals(200, get(port, "/").statusCode());
    }

    @Test
    void itRemovesWhatAKilledServerLeftWheneverItWasKilled() throws Exception {
        Files.createDirectory(temporary.resolve("roomcast-1"));
        Path locked = Files.createDirectory(temporary.resolve("roomcast-2"));
        Files.createFile(locked.resolve("lock"));
        Path unpacking = Files.createDirectory(temporary.resolve("roomcast-3"));
        Files.createFile(unpacking.resolve("lock"));
        Files.createFile(Files.createDirectory(unpacking.resolve("webroot")).resolve("index.html"));
        Path another = Files.createDirectory(temporary.resolve("roomcast-of-another-program"));
        Files.createFile(another.resolve("file"));

        Process refused = start(99_999);
        assertFails(refused);

        assertEquals(List.of(another), unpacked());
    }

    @Test
    void theLockOutlivesWhateverCleansTemporaryDirectories() throws Exception {
        startLive(Ports.free());
        Path lock = unpacked().get(0).resolve("lock");
        FileTime read = (FileTime) Files.getAttribute(lock, "lastAccessTime");
        assertTrue(read.toInstant().isAfter(Instant.now().plus(Duration.ofDays(3_650))), read::toString);
    }

    @Test
    void aBusyPortIsOneLine() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process refused = start(busy.getLocalPort());
            assertFails(refused);
            assertEquals(1, output(refused).lines().count(), output(refused));
        }
    }

    @Test
    void kafkaIsTakenFromADirectoryAndMissedByName() throws Exception {
        assertTakenFromADirectory("kafka", "kafka-clients-4.3.1.jar", List.of("kafka-clients-"));
    }

    @Test
    void rabbitMqIsTakenFromADirectoryAndMissedByName() throws Exception {
        assertTakenFromADirectory("rabbitmq", "stream-client-1.11.0.jar", List.of("stream-client-", "netty-"));
    }

    /** @param libraries starts of the names of JARs, which are on the class path of the tests */
    private void assertTakenFromADirectory(String relay, String missed, List<String> libraries) throws Exception {
        Process without = start("--relay=" + relay, "--port=0", "--data=none");
        assertFails(without);
        assertTrue(output(without).contains("needs " + missed), output(without));
        assertFalse(output(without).contains("\tat "), output(without));

        Path directory = Files.createDirectory(work.resolve("libraries"));
        List<Path> jars = Stream.of(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
                .map(Path::of)
                .filter(jar -> libraries.stream().anyMatch(jar.getFileName().toString()::startsWith))
                .toList();
        for (Path jar : jars) {
            Files.copy(jar, directory.resolve(jar.getFileName()));
        }
        int port = Ports.free();
        Process with = run(List.of(
                java(),
                "-Djava.io.tmpdir=" + temporary,
                "-Droomcast.lib=" + directory,
                "-jar",
                System.getProperty("roomcast.war"),
                "--relay=" + relay,
                "--" + relay + ".servers=127.0.0.1:" + Ports.free(),
                "--port=" + port));
        startLive(port, with);
        assertEquals(503, get(port, "/health/ready").statusCode());
    }

    @Test
    void aTemporaryDirectoryThatIsNotThereIsOneLine() throws Exception {
        Files.delete(temporary);
        Process refused = start(Ports.free());
        assertFails(refused);
        // A newer JVM has a line of its own to say about it, before ours.
        assertTrue(output(refused).matches("(WARNING: .*\\R)?roomcast: cannot unpack .*\\R"), output(refused));
    }

    /**
     * A request that is broken from the start, one that breaks off later while somebody waits for its body, and what is
     * none.
     */
    @Test
    void whatIsMalformedCostsOneLineAtMostAndNoTrace() throws Exception {
        long began = System.nanoTime();
        int port = Ports.free();
        Process server = startLive(port);
        for (int i = 0; i < 20; i++) {
            for (String address : List.of("/metrics", "/api/v1/broadcast", "/", "/health/live")) {
                String head = "POST " + address + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
                malformed(port, head + "zz\u001b[31m\r\n");
                malformed(port, head, "1\r\nx\r\n", "zz\u001b[31m\r\n");
            }
            malformed(port, "GET /\u001b[31m HTTP/1.1\r\n\u0000\u001b[31m: x\r\n\r\n");
            malformed(port, "GET / HTTP/1.1\r\nX: " + "x".repeat(9_000) + "\r\n\r\n");
        }
        server.destroy();
        assertTrue(server.waitFor(10, SECONDS));
        List<String> lines = output(server).lines().toList();
        assertTrue(
                lines.stream().noneMatch(line -> line.contains("\tat ") || line.contains("\u001b")), lines::toString);
        long warnings = lines.stream()
                .filter(line -> line.contains("WARNING org.glassfish."))
                .count();
        assertTrue(warnings <= 1 + (System.nanoTime() - began) / A_LINE_IN.toNanos(), lines::toString);
    }

    /** Sends what it is given, piece by piece, until the server closes. */
    private static void malformed(int port, String... pieces) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) START.toMillis());
            socket.setTcpNoDelay(true);
            for (String piece : pieces) {
                socket.getOutputStream().write(piece.getBytes(StandardCharsets.US_ASCII));
            }
            socket.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException e) {
            // It was reset: closed with something unread.
        }
    }

    @Test
    void toldToEndWhileItStartsItEndsWithoutATrace() throws Exception {
        Process unpacking = start(Ports.free());
        while (unpacked().isEmpty() || !Files.exists(unpacked().get(0).resolve("webroot"))) {
            assertFalse(unpacking.waitFor(1, MILLISECONDS), () -> "ended by itself");
        }
        assertEndsWithoutATrace(unpacking);

        Process starting = start(Ports.free());
        while (output(starting).isEmpty()) {
            assertFalse(starting.waitFor(1, MILLISECONDS), () -> "ended by itself");
        }
        assertEndsWithoutATrace(starting);
        assertEquals(List.of(), unpacked());
    }

    private void assertEndsWithoutATrace(Process server) throws Exception {
        server.destroy();
        assertTrue(server.waitFor(START.toSeconds(), SECONDS));
        assertEquals(KILLED_BY_TERM, server.exitValue());
        assertFalse(output(server).contains("\tat "), output(server));
    }

    private static void assertFails(Process server) throws InterruptedException {
        assertTrue(server.waitFor(START.toSeconds(), SECONDS));
        assertEquals(1, server.exitValue());
    }

    private Process startLive(int port) throws IOException, InterruptedException {
        return startLive(port, start(port));
    }

    private Process startLive(int port, Process server) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!server.waitFor(50, MILLISECONDS) && System.nanoTime() < deadline) {
            try {
                if (get(port, "/health/live").statusCode() == 200) {
                    return server;
                }
            } catch (ConnectException e) {
                // It does not listen yet.
            }
        }
        return fail("not live after " + START + " or ended before:\n" + output(server));
    }

    private Process start(int port) throws IOException {
        return start("--data=none", "--port", String.valueOf(port));
    }

    private Process start(String... options) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(java(), "-Djava.io.tmpdir=" + temporary, "-jar", System.getProperty("roomcast.war")));
        command.addAll(List.of(options));
        return run(command);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private Process run(List<String> line) throws IOException {
        ProcessBuilder command = new ProcessBuilder(line);
        command.environment().keySet().removeIf(name -> name.startsWith("ROOMCAST_") || name.startsWith("JAVA_TOOL_"));
        command.redirectErrorStream(true)
                .redirectOutput(work.resolve(started.size() + ".log").toFile());
        started.add(command.start());
        return started.get(started.size() - 1);
    }

    private String output(Process process) throws IOException {
        return Files.readString(work.resolve(started.indexOf(process) + ".log"));
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(START)
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private List<Path> unpacked() throws IOException {
        try (Stream<Path> directories = Files.list(temporary)) {
            return directories.toList();
        }
    }
}
