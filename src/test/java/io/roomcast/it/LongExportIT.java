package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Http;
import io.roomcast.support.ScrapedMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports that take longer to read than a client may read nothing. */
@Tag("embedded")
class LongExportIT {
    private static final String KEY = "a-key-of-sixteen-or-more";

    @TempDir
    private static Path directory;

    private static EmbeddedServer server;
    private static Http api;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start(Map.of(
                "roomcast.data",
                directory.resolve("data").toString(),
                "roomcast.api.key",
                KEY,
                "roomcast.http.answer-timeout",
                "1s"));
        api = new Http(server.uri(), KEY);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void publishMuch(String room) {
        String several = IntStream.range(0, 100)
                .mapToObj(n -> "{\"content\":\"" + "word ".repeat(800) + "\"}")
                .collect(Collectors.joining(","));
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> stored = api.send(
                    "POST",
                    "/api/v1/rooms/" + room + "/messages",
                    "{\"sender\":\"ann\",\"messages\":[" + several + "]}");
            assertEquals(200, stored.statusCode(), stored.body());
        }
    }

    private static Socket asking(String room) throws IOException {
        Socket client = new Socket();
        client.setReceiveBufferSize(64 << 10);
        client.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), server.uri().getPort()));
        client.setSoTimeout(20_000);
        client.getOutputStream()
                .write(("GET /api/v1/rooms/" + room + "/export HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                + KEY + "\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private static double cutAnswers() {
        return ScrapedMetrics.of(server.uri())
                .series()
                .getOrDefault("roomcast_limits_reached_total{limit=\"http.answer-timeout\"}", 0.0);
    }

    @Test
    void aSlowClientThatReadsAllTheTimeGetsAWholeExport() throws IOException {
        publishMuch("slow");
        StringBuilder read = new StringBuilder();
        try (Socket client = asking("slow")) {
            InputStream in = client.getInputStream();
            byte[] some;
            do {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                some = in.readNBytes(50_000);
                read.append(new String(some, StandardCharsets.ISO_8859_1));
            } while (some.length > 0);
        }
        assertTrue(read.length() > 4_000_000, () -> read.length() + " bytes");
        assertTrue(read.toString().endsWith("0\r\n\r\n"), () -> read.substring(read.length() - 100));
        assertTrue(read.indexOf("{\"type\":\"end\",\"messages\":1000,\"complete\":true}") > 0);
    }

    @Test
    void anExportThatIsCutDoesNotLookWhole() throws IOException {
        publishMuch("unread");
        double before = cutAnswers();
        try (Socket client = asking("unread")) {
            Await.until("the answer is cut", () -> cutAnswers() > before);
            String read;
            try {
                read = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (SocketException e) {
                return; // The connection was reset.
            }
            assertTrue(read.startsWith("HTTP/1.1 200"), read);
            assertFalse(read.endsWith("0\r\n\r\n"), () -> read.substring(read.length() - 100));
        }
    }
}
