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
import java.util.List;
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

/** Exports that take longer to read than a client may read nothing, and imports that are refused. */
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

    private static String line(String epoch, long offset, long at, String more) {
        return "{\"epoch\":\"" + epoch + "\",\"offset\":" + offset + ",\"at\":" + at
                + ",\"sender\":\"ann\",\"content\":\"x\"" + more + "}";
    }

    private static String after(String epoch, long offset) {
        return ",\"previous\":{\"epoch\":\"" + epoch + "\",\"offset\":" + offset + "}";
    }

    @Test
    void whatIsInThePlaceOfAnotherMessageIsAConflict() {
        String first = line("e", 1, 5, "");
        assertEquals(
                2,
                RecordsIT.imported(api, "places", List.of(first, line("e", 2, 6, "")))
                        .getInt("stored"));
        assertEquals(
                200,
                api.send("POST", "/api/v1/rooms/places/messages", "{\"sender\":\"bob\",\"content\":\"said here\"}")
                        .statusCode());
        List<String> more = List.of(first, line("e", 2, 6, ""), line("e", 3, 7, ""), line("e", 4, 8, ""));
        assertEquals("the room has another message at offset 3", RecordsIT.refused(409, api, "places", more));
        for (String other :
                List.of(first.replace(":5", ":4"), first.replace("ann", "eve"), first.replace("\"x", "\"y"))) {
            assertEquals(
                    "the room has another message at offset 1", RecordsIT.refused(409, api, "places", List.of(other)));
        }
        assertEquals(5, RecordsIT.export(api, "rooms/places").size());
        assertEquals(2, RecordsIT.imported(api, "places", more.subList(0, 2)).getInt("present"));
    }

    @Test
    void noImportLeavesARoomThatCannotGoOn() {
        long tooFar = (1L << 53) - (1L << 32);
        assertEquals(
                "nothing was stored: line 1: offset leaves no room for later messages; line 2: at is in the future",
                RecordsIT.refused(
                        400,
                        api,
                        "far",
                        List.of(line("e", tooFar, 5, ""), line("e", 1, System.currentTimeMillis() + 120_000, ""))));
        assertEquals(
                "nothing was stored: line 2: previous does not name the message before; line 3: previous does not name"
                        + " the message before",
                RecordsIT.refused(
                        400,
                        api,
                        "far",
                        List.of(line("a", 1, 5, ""), line("b", 1, 6, ""), line("c", 1, 7, after("a", 2)))));
        assertEquals(
                "nothing was stored: line 3: the epoch has ended before",
                RecordsIT.refused(
                        400,
                        api,
                        "far",
                        List.of(line("a", 1, 5, ""), line("b", 1, 6, after("a", 1)), line("a", 2, 7, after("b", 1)))));
        String head = "{\"type\":\"export\",\"version\":1,\"epoch\":\"a\",\"offset\":2,"
                + "\"first\":{\"epoch\":\"a\",\"offset\":1}}";
        String end = "{\"type\":\"end\",\"messages\":1,\"complete\":true}";
        assertEquals(
                "nothing was stored: the first line names another last message than here is",
                RecordsIT.refused(400, api, "far", List.of(head, line("a", 1, 5, ""), end)));
        assertEquals(
                "nothing was stored: line 2: the first line names another first message",
                RecordsIT.refused(400, api, "far", List.of(head, line("a", 2, 5, ""), end)));
        assertEquals(2, RecordsIT.export(api, "rooms/far").size());
    }
}
