package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Http;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do with the messages of an archive: they take them away, bring them, and have them erased. */
@Tag("embedded")
class RecordsIT {
    private static final String KEY = "a-key-of-sixteen-or-more";

    @TempDir
    private static Path directory;

    private static EmbeddedServer server;
    private static Http api;

    static EmbeddedServer start(Path data) {
        return EmbeddedServer.start(Map.of("roomcast.data", data.toString(), "roomcast.api.key", KEY));
    }

    @BeforeAll
    static void start() {
        server = start(directory.resolve("first"));
        api = new Http(server.uri(), KEY);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void publish(String room, String sender, String members) {
        HttpResponse<String> stored = api.send(
                "POST", "/api/v1/rooms/" + room + "/messages", "{\"sender\":\"" + sender + "\"," + members + "}");
        assertEquals(200, stored.statusCode(), stored.body());
    }

    private static List<String> export(Http from, String what) {
        HttpResponse<String> answer = from.send("GET", "/api/v1/" + what + "/export", null);
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(
                "application/x-ndjson",
                answer.headers().firstValue("Content-Type").orElse("none").replaceFirst(";.*", ""));
        return answer.body().lines().toList();
    }

    @Test
    void theExportOfARoomHasAllMessagesAndSaysThatItIsWhole() {
        publish("orders", "ann", "\"content\":\"a \\\"quoted\\\" ä\"");
        publish("orders", "bob", "\"data\":{ \"n\": 1.50 },\"meta\":{\"k\":\"v\"},\"idempotencyKey\":\"key\"");
        publish("orders", "ann", "\"content\":\"third\"");
        List<String> lines = export(api, "rooms/orders");
        JsonObject head = Http.read(lines.get(0));
        assertEquals("export", head.getString("type"));
        assertEquals(1, head.getInt("version"));
        assertEquals("orders", head.getString("room"));
        assertEquals(3, head.getInt("offset"));
        JsonObject first = Http.read(lines.get(1));
        assertEquals(head.getString("epoch"), first.getString("epoch"));
        assertEquals(1, first.getInt("offset"));
        assertEquals("ann", first.getString("sender"));
        assertEquals("a \"quoted\" ä", first.getString("content"));
        assertTrue(lines.get(2).contains("\"data\":{ \"n\": 1.50 }"), lines.get(2));
        assertEquals("key", Http.read(lines.get(2)).getString("idempotencyKey"));
        assertEquals("{\"type\":\"end\",\"messages\":3,\"complete\":true}", lines.get(4));
        assertEquals(5, lines.size());
    }

    @Test
    void theExportOfAUserHasTheMessagesOfOneUserInAllRooms() {
        publish("here", "cleo", "\"content\":\"one\"");
        publish("here", "dan", "\"content\":\"cleo\"");
        publish("there", "cleo", "\"content\":\"two\"");
        List<String> lines = export(api, "users/cleo");
        assertEquals("cleo", Http.read(lines.get(0)).getString("user"));
        assertEquals(
                List.of("one in here", "two in there"),
                lines.subList(1, 3).stream()
                        .map(Http::read)
                        .map(line -> line.getString("content") + " in " + line.getString("room"))
                        .toList());
        assertEquals("{\"type\":\"end\",\"messages\":2,\"complete\":true}", lines.get(3));
    }

    @Test
    void anExportIsCompressedIfTheClientTakesThat() throws IOException, InterruptedException {
        publish("packed", "ann", "\"content\":\"" + "many words ".repeat(500) + "\"");
        HttpRequest request = HttpRequest.newBuilder(server.uri().resolve("api/v1/rooms/packed/export"))
                .header("Authorization", "Bearer " + KEY)
                .header("Accept-Encoding", "gzip")
                .build();
        HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
        assertEquals("gzip", answer.headers().firstValue("Content-Encoding").orElse("none"));
        assertTrue(answer.body().length < 1_000, () -> answer.body().length + " bytes");
        String lines = new String(
                new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(
                "{\"type\":\"end\",\"messages\":1,\"complete\":true}",
                lines.lines().toList().get(2));
    }
}
