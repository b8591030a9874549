package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTClaimsSet;
import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import io.roomcast.support.Tokens;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

    static List<String> export(Http from, String what) {
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
                        .sorted()
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

    static HttpResponse<String> bring(Http to, String room, List<String> lines) {
        return to.sendWith(
                List.of("Content-Type", "application/x-ndjson"),
                "POST",
                "/api/v1/rooms/" + room + "/import",
                String.join("\n", lines));
    }

    static JsonObject imported(Http to, String room, List<String> lines) {
        HttpResponse<String> answer = bring(to, room, lines);
        assertEquals(200, answer.statusCode(), answer.body());
        return Http.read(answer.body());
    }

    static String refused(int status, Http to, String room, List<String> lines) {
        HttpResponse<String> answer = bring(to, room, lines);
        assertEquals(status, answer.statusCode(), answer.body());
        return Http.read(answer.body()).getString("detail");
    }

    @Test
    void whatIsExportedAndImportedElsewhereIsExportedThereAsTheSameLines() {
        for (int i = 1; i <= 1_500; i += 100) {
            String several = IntStream.range(i, i + 100)
                    .mapToObj(n -> n % 3 == 0
                            ? "{\"data\":{\"n\":" + n + ".00},\"meta\":{\"b\":\"1\",\"a\":\"2\"},\"idempotencyKey\":\"k"
                                    + n + "\"}"
                            : "{\"content\":\"line\\n\\u2028 <" + n + "> \\\\ \\\"ä😀\"}")
                    .collect(Collectors.joining(","));
            publish("moved", i % 200 == 1 ? "ann|1" : "bob", "\"name\":\"The Name\",\"messages\":[" + several + "]");
        }
        List<String> lines = export(api, "rooms/moved");
        assertEquals(1_502, lines.size());
        List<String> again;
        try (EmbeddedServer elsewhere = start(directory.resolve("other"))) {
            Http there = new Http(elsewhere.uri(), KEY);
            JsonObject part = imported(there, "moved", lines.subList(0, 700));
            assertEquals(699, part.getInt("stored"));
            assertFalse(part.getBoolean("end"));
            JsonObject whole = imported(there, "moved", lines);
            assertEquals(1_500, whole.getInt("messages"));
            assertEquals(801, whole.getInt("stored"));
            assertEquals(699, whole.getInt("present"));
            assertTrue(whole.getBoolean("end"));
            assertEquals(0, imported(there, "moved", lines).getInt("stored"));
            again = export(there, "rooms/moved");
            JsonObject page = there.json("GET", "/api/v1/rooms/moved/messages?limit=1", null);
            assertEquals(1_500, page.getJsonArray("messages").getJsonObject(0).getInt("offset"));
            assertEquals(
                    1_501,
                    there.json("POST", "/api/v1/rooms/moved/messages", "{\"sender\":\"ann\",\"content\":\"goes on\"}")
                            .getInt("offset"));
        }
        assertEquals(lines.subList(1, lines.size()), again.subList(1, again.size()));
    }

    @Test
    void nothingIsImportedWhereItDoesNotBelong() {
        publish("whole", "ann", "\"content\":\"1\"");
        publish("whole", "ann", "\"content\":\"2\"");
        publish("whole", "ann", "\"content\":\"3\"");
        List<String> lines = export(api, "rooms/whole");
        publish("taken", "ann", "\"content\":\"other\"");
        assertEquals("the room has other messages already", refused(409, api, "taken", lines));
        assertEquals(3, export(api, "rooms/taken").size());
        assertEquals(3, imported(api, "copy", lines).getInt("stored"));
        assertEquals("copy", Http.read(export(api, "rooms/copy").get(1)).getString("room"));
        assertEquals(
                "the room is empty, and these messages begin at offset 2; begin with the first line of the export",
                refused(409, api, "late", lines.subList(2, 3)));
        String trimmed = lines.get(0).replace("\"offset\":1}", "\"offset\":2}");
        assertEquals(1, imported(api, "late", List.of(trimmed, lines.get(2))).getInt("stored"));
        assertEquals("the room begins at offset 2, and takes nothing before it", refused(409, api, "late", lines));
        assertEquals(1, imported(api, "early", lines.subList(1, 2)).getInt("stored"));
        assertEquals("the room lacks the messages from offset 2 to 2", refused(409, api, "early", lines.subList(3, 4)));
        try (RoomClient ann = RoomClient.enter(server.uri(), "visited", "ann")) {
            assertTrue(refused(409, api, "visited", lines).startsWith("somebody is in the room"), ann::toString);
        }
    }

    @Test
    void badLinesAreNamedAndThenNothingIsStored() {
        String good = "{\"epoch\":\"e\",\"offset\":1,\"at\":5,\"sender\":\"ann\",\"content\":\"x\"}";
        assertEquals(
                "nothing was stored: line 2: is not one JSON object; line 3: offset does not follow that of the message"
                        + " before; line 4: sender is missing; line 5: at must be a whole number; line 6: epoch has other"
                        + " characters than epochs have; and 1 others",
                refused(
                        400,
                        api,
                        "bad",
                        List.of(
                                good,
                                "{\"epoch\"",
                                good.replace(":1,", ":3,"),
                                "{\"epoch\":\"e\",\"offset\":2,\"at\":5,\"content\":\"x\"}",
                                good.replace("5", "\"5\""),
                                good.replace("\"e\"", "\"e\\\"\""),
                                "{\"type\":\"other\"}")));
        assertEquals(2, export(api, "rooms/bad").size());
        String cut = "nothing was stored: the last line names 2 messages, and here are 1";
        List<String> whole = List.of(
                "{\"type\":\"export\",\"version\":1}", good, "{\"type\":\"end\",\"messages\":2,\"complete\":true}");
        assertEquals(cut, refused(400, api, "bad", whole));
        assertTrue(refused(400, api, "bad", List.of(whole.get(0).replace("1", "2")))
                .contains("version 1 of exports only"));
        assertTrue(refused(400, api, "bad", export(api, "users/nobody")).contains("cannot be imported"));
        assertEquals(413, bring(api, "bad", List.of("x".repeat(3 << 20))).statusCode());
        assertEquals(2, export(api, "rooms/bad").size());
    }

    private static JsonObject erase(Http http, String user) {
        HttpResponse<String> begun = http.send("POST", "/api/v1/users/" + user + "/erase", null);
        assertEquals(202, begun.statusCode(), begun.body());
        String path = "/api/v1/users/" + user + "/erase";
        Await.until(
                "the erasure has ended",
                () -> !http.json("GET", path, null).getString("state").equals("running"));
        return http.json("GET", path, null);
    }

    @Test
    void theMessagesOfAUserAreErasedEverywhereAndTheirPlacesStay() {
        for (String room : List.of("one", "two")) {
            try (RoomClient eve = RoomClient.enter(server.uri(), room, "eve");
                    RoomClient fay = RoomClient.enter(server.uri(), room, "fay")) {
                eve.say("{'id':1,'content':'the secret of eve'}").next("ack");
                fay.say("{'id':1,'content':'eve said something'}").next("ack");
                eve.say("{'id':2,'data':{'n':7},'meta':{'k':'secret'},'idempotencyKey':'k'}")
                        .next("ack");
            }
        }
        JsonObject report = erase(api, "eve");
        assertEquals("done", report.getString("state"));
        assertEquals(2, report.getInt("rooms"));
        assertEquals(4, report.getInt("messages"));
        assertTrue(report.getJsonArray("remains").getString(0).startsWith("backups"), report::toString);
        assertEquals(0, erase(api, "eve").getInt("messages"));
        assertEquals(404, api.send("GET", "/api/v1/users/nobody/erase", null).statusCode());
        List<String> lines = export(api, "rooms/one");
        assertEquals(2, export(api, "users/eve").size());
        JsonObject erased = Http.read(lines.get(1));
        assertEquals(Set.of("epoch", "offset", "at", "erased", "content", "room", "sender", "name"), erased.keySet());
        assertEquals("eve said something", Http.read(lines.get(2)).getString("content"));
        assertFalse(String.join("\n", lines).contains("secret"), lines::toString);
        try (RoomClient plain =
                RoomClient.connect(URI.create(server.uri().toString().replace("http", "ws") + "ws/one/plain"))) {
            plain.next("joined");
            plain.say("{'type':'history','id':1,'room':'one'}");
            JsonObject first =
                    plain.next("history").json().getJsonArray("messages").getJsonObject(0);
            assertTrue(first.getBoolean("erased"));
            assertEquals("", first.getString("content") + first.getString("sender") + first.getString("name"));
        }
        assertEquals(3, imported(api, "one.copy", lines).getInt("stored"));
        List<String> copy = export(api, "rooms/one.copy");
        assertEquals(lines.get(1).replace("\"one\"", "\"one.copy\""), copy.get(1));
    }

    @Test
    void aTokenErasesOnlyWhereItHasTheHistory() {
        Map<String, String> settings = Map.of(
                "roomcast.data",
                directory.resolve("tokens").toString(),
                "roomcast.api.key",
                KEY,
                "roomcast.api.claim",
                "api",
                "roomcast.auth.secret",
                Tokens.SECRET);
        try (EmbeddedServer tokens = EmbeddedServer.start(settings)) {
            Http all = new Http(tokens.uri(), KEY);
            for (String room : List.of("open", "ops-secret", "ops-other")) {
                all.json("POST", "/api/v1/rooms/" + room + "/messages", "{\"sender\":\"gil\",\"content\":\"hi\"}");
            }
            JWTClaimsSet.Builder claims = Tokens.of("dpo", Duration.ofHours(1)).claim("api", List.of("operate"));
            Http nowhere = new Http(tokens.uri(), Tokens.signed(claims));
            JsonObject none = erase(nowhere, "gil");
            assertEquals(0, none.getInt("messages"));
            assertTrue(none.getJsonArray("remains").toString().contains("history: 3 rooms"), none::toString);
            Http some = new Http(
                    tokens.uri(),
                    Tokens.signed(claims.claim("rooms", Map.of("open", List.of("*"), "ops-*", List.of()))));
            JsonObject report = erase(some, "gil");
            assertEquals(1, report.getInt("messages"));
            assertTrue(report.getJsonArray("remains").toString().contains("history: 2 rooms"), report::toString);
            assertEquals(4, export(all, "users/gil").size());
            JsonObject rest = erase(all, "gil");
            assertEquals(2, rest.getInt("messages"));
            assertEquals(1, rest.getJsonArray("remains").size());
        }
    }

    private static HttpResponse<String> search(String query) {
        return api.send("GET", "/api/v1/search?" + query, null);
    }

    @Test
    void aSearchRefusesWhatItDoesNotUnderstand() {
        publish("searched", "hal", "\"content\":\"peculiar 1\"");
        publish("searched", "hal", "\"content\":\"peculiar 2\"");
        Await.until(
                "both are indexed",
                () -> search("text=peculiar&rooms=searched").body().split("hits").length == 3);
        String cursor = Http.read(search("text=peculiar&limit=1").body()).getString("cursor");
        assertEquals(200, search("text=peculiar&cursor=" + cursor).statusCode());
        for (String wrong : List.of(
                "&room=searched",
                "&text=other",
                "&limit=0",
                "&cursor=null",
                "&cursor=zzzzzzzzzzzz",
                "&cursor=0" + cursor,
                "&cursor=" + cursor + "&cursor=" + cursor)) {
            HttpResponse<String> refused = search("text=peculiar" + wrong);
            assertEquals(400, refused.statusCode(), wrong);
            assertEquals("bad_request", Http.read(refused.body()).getString("code"));
        }
        assertTrue(search("text=x&room=a").body().contains("unknown parameter room"));
        assertTrue(search("text=x&text=y").body().contains("text twice"));
    }

    private static List<JsonObject> send(int frames, String frame) {
        HttpResponse<String> sent = new Http(server.uri(), null)
                .send("POST", "/http/send?user=ida", (frame.replace('\'', '"') + "\n").repeat(frames));
        assertEquals(200, sent.statusCode(), sent.body());
        return sent.body().lines().map(Http::read).toList();
    }

    @Test
    void manySmallPagesFitIntoTheAnswerOfASendAndManyLargeOnesDoNot() {
        publish("small", "ann", "\"content\":\"short\"");
        List<JsonObject> small = send(30, "{'type':'history','room':'small'}");
        assertEquals(30, small.size());
        assertTrue(small.stream().allMatch(line -> line.getString("type").equals("history")), small::toString);
        for (int i = 0; i < 20; i++) {
            publish("large", "ann", "\"content\":\"" + "long ".repeat(3_000) + "\"");
        }
        List<JsonObject> large = send(12, "{'type':'history','room':'large','limit':100}");
        assertEquals(12, large.size());
        assertEquals("history", large.get(0).getString("type"));
        assertEquals("busy", large.get(11).getString("code"));
        assertTrue(large.get(11).getString("text").contains("in another send"), large.get(11)::toString);
        assertTrue(large.get(11).getInt("retryAfterMs") > 0, large.get(11)::toString);
    }
}
