package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An operator asks a node about sessions, users, rooms and limits, and changes them. */
class ServerOperatorIT {
    private static final String RUN = ApiCalls.RUN;

    private static ApiServer server;
    private static Http backEnd;
    private static ApiCalls calls;

    @BeforeAll
    static void start() {
        server = ApiServer.open();
        calls = new ApiCalls(server);
        backEnd = calls.backEnd();
    }

    @AfterAll
    static void stopAndLookWhatWasCalled() {
        server.close();
        calls.assertAllCalled(ServerOperatorIT::isTestedHere);
    }

    /** Whether this class, and no other, has to call the operation. */
    static boolean isTestedHere(String operation) {
        return operation.matches("(GET|POST) (/sessions|/users|/limits|/node/limits|/refusals|/nodes).*")
                || operation.matches("(GET|POST) (/rooms/\\{room}(/close|/export|/import)?|/node/(rooms|users).*)");
    }

    @Test
    void whatNeedsAnArchiveSaysSoWhereThereIsNone() {
        for (String operation : List.of("GET /users/{user}/export", "POST /users/{user}/erase")) {
            JsonObject answer = calls.call(backEnd, operation, "ann", "", null, 501);
            assertEquals("not_implemented", answer.getString("code"));
        }
        String line = "{\"epoch\":\"e\",\"offset\":1,\"at\":5,\"sender\":\"ann\",\"content\":\"x\"}";
        for (String operation : List.of("GET /rooms/{room}/export", "POST /rooms/{room}/import")) {
            String body = operation.startsWith("POST") ? line : null;
            JsonObject answer = calls.call(backEnd, operation, "kept", "", body, 501);
            assertEquals("not_implemented", answer.getString("code"));
        }
        JsonObject unknown = calls.call(backEnd, "GET /users/{user}/erase", "ann", "", null, 404);
        assertEquals("not_found", unknown.getString("code"));
    }

    @Test
    void listsTheSessionsOfAUser() {
        String ann = "ann-" + RUN;
        try (RoomClient first = RoomClient.connect(server.uri().resolve("ws?user=" + ann));
                RoomClient second = RoomClient.connect(server.uri().resolve("ws/lobby" + RUN + "/" + ann))) {
            String id = first.say("{'type':'hello'}").next("welcome").string("session");
            String ofPath = second.next("joined").string("session");
            JsonObject all = ok("GET /sessions", null, "?user=" + ann + "&order=id", null);
            assertEquals(2, all.getInt("count"));
            assertEquals(List.of(id, ofPath).stream().sorted().toList(), sessionIds(all));
            JsonObject later = ok(
                    "GET /sessions",
                    null,
                    "?user=" + ann + "&after=" + sessionIds(all).get(0),
                    null);
            assertEquals(sessionIds(all).subList(1, 2), sessionIds(later));
            JsonObject one = ok("GET /sessions", null, "?limit=1&user=" + ann, null);
            assertEquals(1, sessionIds(one).size());
            JsonObject here = ok("GET /sessions", null, "?limit=1&room=lobby" + RUN, null);
            assertEquals(List.of(ofPath), sessionIds(here));
            assertTrue(here.getJsonObject("cluster").getBoolean("complete"));
        }
    }

    /** Containers decode a query as Latin-1, or replace what is not UTF-8. */
    @Test
    void filtersByNamesOfAnyScript() throws Exception {
        String name = "%C3%A9%E6%97%A5" + RUN;
        try (RoomClient ann = RoomClient.connect(server.uri().resolve("ws?user=" + name))) {
            String id = ann.say("{'type':'hello'}").next("welcome").string("session");
            ann.say("{'type':'join','room':'%s'}".formatted("é日" + RUN)).next("joined");
            for (String filter : List.of("user", "room")) {
                JsonObject found = ok("GET /sessions", null, "?" + filter + "=" + name, null);
                assertEquals(List.of(id), sessionIds(found), filter);
                for (String broken : List.of("%C3", "%C3%28", "%ff")) {
                    assertEquals(
                            400,
                            backEnd.send("GET", "/api/v1/sessions?" + filter + "=" + broken, null)
                                    .statusCode(),
                            broken);
                }
            }
            for (String broken : List.of("%C3", "%C3%28", "%ff")) {
                assertEquals(
                        400,
                        backEnd.send("GET", "/api/v1/users/" + broken, null).statusCode(),
                        broken);
            }
            ok("GET /refusals", null, "?user=" + name, null);
        }
    }

    @Test
    void findsASessionByItsIdAndDisconnectsIt() {
        try (RoomClient ann = RoomClient.connect(server.uri().resolve("ws?user=ann-" + RUN))) {
            String id = ann.say("{'type':'hello'}").next("welcome").string("session");
            ann.say("{'type':'join','room':'garden" + RUN + "'}").next("joined");
            JsonObject session = ok("GET /sessions/{session}", id, null);
            assertEquals("ann-" + RUN, session.getString("user"));
            assertEquals("garden" + RUN, session.getJsonArray("rooms").getString(0));
            assertEquals("roomcast.v1", session.getString("subprotocol"));
            assertTrue(session.getJsonNumber("openedAt").longValue() > 1_600_000_000_000L);
            ok("POST /sessions/{session}/disconnect", id, null);
            assertEquals(4500, ann.awaitClose());
        }
        for (String operation : List.of("GET /sessions/{session}", "POST /sessions/{session}/disconnect")) {
            JsonObject refused = call(backEnd, operation, "no-such-one", "", null, 404);
            assertEquals("not_found", refused.getString("code"));
        }
    }

    @Test
    void saysWhereAUserIs() {
        String ann = "ann-of-" + RUN;
        try (RoomClient first = RoomClient.enter(server.uri(), "hall" + RUN, ann);
                RoomClient second = RoomClient.enter(server.uri(), "attic" + RUN, ann)) {
            first.say("{'type':'ping'}").next("pong");
            second.say("{'type':'ping'}").next("pong");
            JsonObject where = ok("GET /users/{user}", ann, null);
            assertEquals(
                    "[\"attic%1$s\",\"hall%1$s\"]".formatted(RUN),
                    where.get("rooms").toString());
            assertEquals(2, where.getInt("count"));
            assertEquals(1, where.getJsonArray("nodes").size());
            assertEquals(0, ok("GET /users/{user}", "nobody-" + RUN, null).getInt("count"));
        }
    }

    @Test
    void looksAtARoomAndClosesIt() {
        try (RoomClient ann = RoomClient.enter(server.uri(), "seen" + RUN, "ann")) {
            ok("POST /rooms/{room}/messages", "seen", "{\"sender\":\"billing\",\"content\":\"paid\"}");
            JsonObject seen = ok("GET /rooms/{room}", "seen", null);
            assertEquals(1, seen.getInt("offset"));
            assertEquals(1, seen.getInt("userCount"));
            assertEquals(1, seen.getJsonArray("nodes").getJsonObject(0).getInt("members"));
            assertEquals(
                    Http.read("{\"setting\":\"presence\",\"value\":\"all\",\"key\":\"default\"}"),
                    Http.read(setting(seen, "presence")));
            assertEquals(1, ok("POST /rooms/{room}/close", "seen", null).getInt("members"));
            assertEquals(4500, ann.awaitClose());
            assertEquals(0, ok("POST /rooms/{room}/close", "seen", null).getInt("members"));
        }
    }

    private static String setting(JsonObject room, String name) {
        return room.getJsonArray("settings").stream()
                .map(JsonValue::asJsonObject)
                .filter(setting -> setting.getString("setting").equals(name))
                .findFirst()
                .map(JsonObject::toString)
                .orElse(null);
    }

    @Test
    void listsTheNodes() {
        try (RoomClient ann = RoomClient.enter(server.uri(), "counted" + RUN, "ann")) {
            ann.say("{'type':'ping'}").next("pong");
            JsonObject nodes = ok("GET /nodes", null, null);
            JsonObject node = nodes.getJsonArray("nodes").getJsonObject(0);
            assertEquals("ready", node.getString("readiness"));
            assertTrue(node.getInt("sessions") >= 1 && node.getInt("rooms") >= 1 && node.getInt("users") >= 1);
            assertEquals(node.getInt("sessions"), nodes.getInt("sessions"));
            assertTrue(nodes.getJsonObject("cluster").getBoolean("complete"));
        }
    }

    @Test
    void aNodeAloneListsClosesAndDisconnects() {
        String room = "own" + RUN;
        try (RoomClient ann = RoomClient.enter(server.uri(), room, "ann");
                RoomClient ben = RoomClient.connect(server.uri().resolve("ws?user=ben-own" + RUN))) {
            ben.say("{'type':'hello'}").next("welcome");
            JsonObject rooms = ok("GET /node/rooms", null, "?prefix=" + room, null);
            assertEquals(1, rooms.getInt("count"));
            assertEquals(
                    0, ok("GET /node/rooms", null, "?prefix=not-" + RUN, null).getInt("count"));
            assertEquals(1, ok("POST /node/rooms/{room}/close", "own", null).getInt("members"));
            assertEquals(4500, ann.awaitClose());
            JsonObject gone = ok("POST /node/users/{user}/disconnect", "ben-own" + RUN, null);
            assertEquals(1, gone.getInt("sessions"));
            assertEquals(4500, ben.awaitClose());
        }
    }

    @Test
    void changesALimit() {
        String key = "roomcast.limits.recovery-rate";
        String change = "{\"key\":\"" + key + "\",\"value\":\"%s\"}";
        int before = limit(ok("GET /node/limits", null, null), key);
        try {
            JsonObject all = ok("POST /limits", null, change.formatted("7000000"));
            assertEquals(7_000_000, limit(all.getJsonArray("nodes").getJsonObject(0), key));
            JsonObject now = ok("GET /limits", null, null);
            assertEquals(7_000_000, limit(now.getJsonArray("nodes").getJsonObject(0), key));
        } finally {
            assertEquals(before, limit(ok("POST /node/limits", null, change.formatted(before)), key));
        }
        JsonObject refused = call(backEnd, "POST /limits", null, "", change.formatted("many"), 400);
        assertTrue(refused.getString("detail").startsWith(key + "=many is not a "), refused.toString());
    }

    private static int limit(JsonObject node, String key) {
        return node.getJsonObject("limits").getInt(key);
    }

    private static List<String> sessionIds(JsonObject page) {
        return page.getJsonArray("sessions").getValuesAs(JsonObject.class).stream()
                .map(session -> session.getString("session"))
                .toList();
    }

    @Test
    void disconnectsAUserForGood() {
        // A name of this test's own: connections of others' that broke may not be gone yet.
        String mallory = "mallory-" + RUN;
        try (RoomClient first = RoomClient.enter(server.uri(), "one" + RUN, mallory);
                RoomClient second = RoomClient.enter(server.uri(), "two" + RUN, mallory)) {
            assertEquals(2, ok("POST /users/{user}/disconnect", mallory, null).getInt("sessions"));
            assertEquals(4500, first.awaitClose());
            assertEquals(4500, second.awaitClose());
        }
    }

    @Test
    void anIdThatNoPathCanHaveIsInTheQuery() {
        String id = "https://id.example/" + RUN + "?a=50%";
        String query = "?user=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
        try (RoomClient one = RoomClient.connect(
                URI.create(server.uri().toString().replaceFirst("^http", "ws") + "ws/one" + RUN + "/-" + query))) {
            assertEquals(id, one.next("joined").string("user"));
            JsonObject where = ok("GET /users/{user}", "-", query, null);
            assertEquals(id, where.getString("user"));
            assertEquals(id, where.getJsonArray("sessions").getJsonObject(0).getString("name"));
            assertEquals(
                    "bad_request",
                    call(backEnd, "POST /users/{user}/disconnect", "ann", query, null, 400)
                            .getString("code"));
            assertEquals(
                    1, ok("POST /users/{user}/disconnect", "-", query, null).getInt("sessions"));
            assertEquals(4500, one.awaitClose());
        }
    }

    @Test
    void saysWhyRequestsWereRefused() throws Exception {
        String ann = "ann-why-" + RUN;
        try (RoomClient client = RoomClient.connect(server.uri().resolve("ws?user=" + ann))) {
            String id = client.say("{'type':'hello'}").next("welcome").string("session");
            assertEquals(
                    "not_joined",
                    client.say("{'type':'publish','id':1,'room':'cellar" + RUN + "','content':'x'}")
                            .error());
            JsonObject refusals = ok("GET /refusals", null, "?user=" + ann, null);
            assertTrue(refusals.getJsonObject("counts").getInt("not_joined") >= 1);
            JsonObject refusal = refusals.getJsonArray("last").getJsonObject(0);
            assertEquals(id, refusal.getString("session"));
            assertEquals("not_joined", refusal.getString("code"));
            assertEquals("join the room first", refusal.getString("text"));
            assertEquals("cellar" + RUN, refusal.getString("room"));
            assertEquals("session", refusal.getString("via"));
            assertEquals(1, last("?session=" + id).size());
            assertEquals(0, last("?session=" + id + "&code=busy").size());
        }
    }

    @Test
    void keepsNoTokenOfARefusedConnection() throws Exception {
        String secret = "eyJhbGciOi-" + RUN;
        try (RoomClient mallory = RoomClient.connect(server.uri().resolve("ws?user=mallory&token=" + secret))) {
            assertEquals(1008, mallory.awaitClose());
        }
        String refusals = backEnd.send("GET", "/api/v1/refusals?code=bad_request&limit=500", null)
                .body();
        assertTrue(refusals.contains("a token must not be in the URL"), refusals);
        assertFalse(refusals.contains(secret), refusals);
    }

    @Test
    void tellsWhatTheApiHasRefused() {
        call(backEnd, "GET /sessions", null, "?limit=-1", null, 400);
        assertTrue(last("?code=bad_request").stream()
                .anyMatch(refusal -> refusal.asJsonObject().getString("via").equals("api")));
    }

    private static JsonArray last(String query) {
        return ok("GET /refusals", null, query, null).getJsonArray("last");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /limits                 | room  | {}                                       | 400 | bad_request",
                "POST /limits                 | room  | {\"key\":\"roomcast.port\",\"value\":\"1\"} | 400 | bad_request",
                "POST /limits                 | room  | {\"key\":\"roomcast.limits.rooms\"}  | 400 | bad_request",
                "POST /limits                 | room  | {\"key\":\"roomcast.limits.rooms\",\"value\":5} | 400 | bad_request",
                "POST /limits                 | room  | {\"key\":\"roomcast.limits.rooms\",\"value\":\"-1\"} | 400 | bad_request",
                "POST /node/limits            | room  | {\"key\":\"roomcast.limits.rooms\",\"value\":\"\"} | 400 | bad_request",
                "GET /sessions/{session}      | a%20b |                                          | 404 | not_found",
                "GET /users/{user}            | a%C2%A0b |                                          | 400 | bad_request",
                "POST /users/{user}/disconnect | a%C2%A0b |                                         | 400 | bad_request",
                "GET /rooms/{room}            | a%20b |                                          | 400 | bad_request",
                "POST /rooms/{room}/close     | a%20b |                                          | 400 | bad_request"
            })
    void saysWhatIsWrong(String operation, String name, String body, int status, String code) {
        assertEquals(code, call(backEnd, operation, name, "", body, status).getString("code"));
    }

    @Test
    void wrongParametersOfAQueryAreRefused() {
        for (String query : List.of(
                "?limit=-1",
                "?limit=1001",
                "?limit=many",
                "?order=name",
                "?order=",
                "?order=waiting&after=x",
                "?user=",
                "?user=a%C2%A0b",
                "?room=a/b")) {
            JsonObject refused = call(backEnd, "GET /sessions", null, query, null, 400);
            assertEquals("bad_request", refused.getString("code"), query);
        }
        for (String query : List.of("?limit=501", "?limit=x", "?user=a%C2%A0b", "?room=")) {
            JsonObject refused = call(backEnd, "GET /refusals", null, query, null, 400);
            assertEquals("bad_request", refused.getString("code"), query);
        }
    }

    private static JsonObject ok(String operation, String name, String body) {
        return calls.ok(operation, name, "", body);
    }

    private static JsonObject ok(String operation, String name, String query, String body) {
        return calls.ok(operation, name, query, body);
    }

    private static JsonObject call(
            Http http, String operation, String name, String query, String body, int expectedStatus) {
        return calls.call(http, operation, name, query, body, expectedStatus);
    }
}
