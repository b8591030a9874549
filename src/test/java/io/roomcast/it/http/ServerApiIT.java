package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A back end speaks to a node, and every answer, also those that refuse, is as the OpenAPI document says. */
class ServerApiIT {
    private static final String RUN = ApiCalls.RUN;

    private static ApiServer server;
    private static Http backEnd;
    private static ApiCalls calls;

    @BeforeAll
    static void start() {
        server = ApiServer.open();
        calls = new ApiCalls(server);
        backEnd = calls.backEnd();
        calls.called().add("GET /openapi.yaml");
    }

    @AfterAll
    static void stopAndLookWhatWasCalled() {
        server.close();
        calls.assertAllCalled(operation -> !ServerOperatorIT.isTestedHere(operation));
    }

    @Test
    void theProtocolIsDescribedForEverybody() throws IOException {
        calls.called().add("GET /asyncapi.yaml");
        HttpResponse<String> answer = new Http(server.uri(), null).send("GET", "/api/v1/asyncapi.yaml", null);
        assertEquals(200, answer.statusCode());
        assertEquals(
                "application/yaml",
                answer.headers().firstValue("Content-Type").orElse("none").replaceFirst(";.*", ""));
        assertEquals(Files.readString(Path.of("docs/asyncapi.yaml")), answer.body());
    }

    @Test
    void membersHearWhatABackEndPublishes() {
        try (RoomClient ann = RoomClient.enter(server.uri(), "orders" + RUN, "ann")) {
            JsonObject stored = ok(
                    "POST /rooms/{room}/messages",
                    "orders",
                    "{\"sender\":\"svc|bill/1\",\"name\":\" Billing\\n \\u202e\",\"content\":\"paid \\\"now\\\"\",\"idempotencyKey\":\"k\"}");
            Frame heard = ann.next("message");
            assertEquals(1, stored.getInt("offset"));
            assertEquals(1, heard.number("offset"));
            assertEquals("svc|bill/1", heard.string("sender"));
            assertEquals("Billing", heard.string("name"));
            assertEquals("paid \"now\"", heard.string("content"));
        }
    }

    @Test
    void itDoesNotMatterWhichHttpTheClientOffers() {
        String message =
                "{\"sender\":\"billing\",\"content\":\"" + "x".repeat(15_000) + "\",\"idempotencyKey\":\"any\"}";
        for (int i = 0; i < 3; i++) {
            // Through one connection each, which has to be found in order after each request.
            HttpResponse<String> offering = backEnd.send("POST", "/api/v1/rooms/any" + RUN + "/messages", message);
            HttpResponse<String> plain = backEnd.sendPlain("POST", "/api/v1/rooms/any" + RUN + "/messages", message);
            assertEquals(200, offering.statusCode());
            assertEquals(offering.body(), plain.body());
        }
    }

    @Test
    void theSameKeyStoresOnce() {
        String message = "{\"sender\":\"billing\",\"content\":\"once\",\"idempotencyKey\":\"same\"}";
        JsonObject first = ok("POST /rooms/{room}/messages", "once", message);
        assertEquals(first, ok("POST /rooms/{room}/messages", "once", message));
        JsonObject history = ok("GET /rooms/{room}/messages", "once", null);
        assertEquals(1, history.getJsonArray("messages").size());
        assertEquals(first.getString("epoch"), history.getString("epoch"));
    }

    @Test
    void severalMessagesAreStoredInOrder() {
        String several = "{\"sender\":\"billing\",\"messages\":[{\"content\":\"a\",\"idempotencyKey\":\"k\"},\n"
                + "{\"data\":[ 1.0 ],\"meta\":{\"b\":\"c\"}}]}";
        JsonObject stored = ok("POST /rooms/{room}/messages", "several", several);
        assertEquals(1, stored.getInt("first"));
        assertEquals(2, stored.getInt("count"));
        assertEquals(2, stored.getInt("offset"));
        JsonObject part = ok(
                "POST /rooms/{room}/messages",
                "several",
                "{\"sender\":\"billing\",\"messages\":[{\"content\":\"a\",\"idempotencyKey\":\"k\"},{\"content\":\"d\"},{}]}");
        assertEquals(2, part.getInt("count"));
        assertEquals(3, part.getInt("offset"));
        assertEquals(2, part.getJsonArray("positions").size());
        assertEquals("bad_request", part.getJsonObject("error").getString("code"));
        assertEquals(
                3,
                ok("GET /rooms/{room}/messages", "several", null)
                        .getJsonArray("messages")
                        .size());
    }

    @Test
    void dataAndMetaComeBackAsTheyWereSent() {
        String data = "{ \"n\": [1.0, 1e400],\"s\":\"\\u00e4ä\" }";
        try (RoomClient ann = RoomClient.enter(server.uri(), "data" + RUN, "ann")) {
            String members = "\"data\":{ \"n\": [1.0,\r\n1e400],\"s\":\"\\u00e4ä\" }\n,\"meta\":{\"order\":\"7\"}";
            ok("POST /rooms/{room}/messages", "data", "{\"sender\":\"billing\",\n" + members + "}");
            Frame heard = ann.next("message");
            assertTrue(heard.text().contains("\"data\":" + data.replace(" 1e", "  1e")), heard.text());
            assertTrue(heard.text().contains("\"meta\":{\"order\":\"7\"}"), heard.text());
            assertFalse(heard.has("content"));
            ok(
                    "POST /broadcast",
                    null,
                    "{\"rooms\":[\"data" + RUN + "\"],\"sender\":\"billing\",\"content\":\"x\"," + members + "}");
            Frame again = ann.next("message");
            assertEquals("x", again.content());
            assertEquals(heard.json().get("data"), again.json().get("data"));
            JsonObject history = ok("GET /rooms/{room}/messages", "data", null);
            assertEquals(
                    heard.json().get("data"),
                    history.getJsonArray("messages").getJsonObject(0).get("data"));
        }
    }

    @Test
    void dataMayHaveLongNumbers() {
        String digits = "9".repeat(1_000);
        try (RoomClient ann = RoomClient.enter(server.uri(), "digits" + RUN, "ann")) {
            ok("POST /rooms/{room}/messages", "digits", "{\"sender\":\"billing\",\"data\":[" + digits + "]}");
            assertTrue(ann.next("message").text().contains("\"data\":[" + digits + "]"));
            call(
                    backEnd,
                    "POST /rooms/{room}/messages",
                    "digits",
                    "",
                    "{\"sender\":\"billing\",\"data\":[" + digits + "9]}",
                    400);
        }
    }

    /** With quotes, as the draft has it, and without. */
    @Test
    void theKeyMayComeInTheHeader() {
        String path = "/api/v1/rooms/header" + RUN + "/messages";
        String message = "{\"sender\":\"billing\",\"content\":\"once\"}";
        String both = "{\"sender\":\"billing\",\"content\":\"once\",\"idempotencyKey\":\"order-7\"}";
        for (String header : List.of("\"order-7\"", "order-7")) {
            for (String body : List.of(message, both)) {
                HttpResponse<String> answer = backEnd.sendWith(List.of("Idempotency-Key", header), "POST", path, body);
                assertEquals(200, answer.statusCode(), answer.body());
                assertEquals(1, Http.read(answer.body()).getInt("offset"));
            }
        }
        for (List<String> wrong : List.of(
                List.of("Idempotency-Key", "order-8"),
                List.of("Idempotency-Key", "\"order-7"),
                List.of("Idempotency-Key", "\"\""),
                List.of("Idempotency-Key", "order-7", "Idempotency-Key", "order-7"))) {
            HttpResponse<String> refused = backEnd.sendWith(wrong, "POST", path, both);
            assertEquals(400, refused.statusCode(), wrong + refused.body());
            assertEquals("bad_request", Http.read(refused.body()).getString("code"));
        }
    }

    @Test
    void aUserCannotTakeTheKeyOfABackEnd() {
        try (RoomClient mallory = RoomClient.enter(server.uri(), "keys" + RUN, "billing")) {
            mallory.say("{\"type\":\"publish\",\"id\":1,\"content\":\"forged\",\"idempotencyKey\":\"invoice-7\"}");
            mallory.next("ack");
            JsonObject stored = ok(
                    "POST /rooms/{room}/messages",
                    "keys",
                    "{\"sender\":\"billing\",\"content\":\"true\",\"idempotencyKey\":\"invoice-7\"}");
            assertEquals(2, stored.getInt("offset"));
        }
    }

    @Test
    void historyComesInPages() {
        String epoch = "";
        for (int i = 1; i <= 5; i++) {
            epoch = ok("POST /rooms/{room}/messages", "paged", "{\"sender\":\"billing\",\"content\":\"" + i + "\"}")
                    .getString("epoch");
        }
        JsonObject after = ok("GET /rooms/{room}/messages", "paged", "?after=" + epoch + ":1&limit=2", null);
        assertEquals(2, after.getJsonArray("messages").getJsonObject(0).getInt("offset"));
        assertTrue(after.getBoolean("more"));
        JsonObject before = ok("GET /rooms/{room}/messages", "paged", "?before=" + epoch + ":3", null);
        assertEquals(2, before.getJsonArray("messages").size());
        assertFalse(before.getBoolean("more"));
        JsonObject renumbered = call(backEnd, "GET /rooms/{room}/messages", "paged", "?after=old:1", null, 409);
        assertEquals("renumbered", renumbered.getString("code"));
        assertEquals(epoch, renumbered.getString("epoch"));
        assertEquals(5, renumbered.getInt("offset"));
    }

    @Test
    void broadcastReachesTheGoodRoomsAndTellsOfTheBad() {
        try (RoomClient ann = RoomClient.enter(server.uri(), "north" + RUN, "ann");
                RoomClient ben = RoomClient.enter(server.uri(), "south" + RUN, "ben")) {
            JsonObject told = ok(
                    "POST /broadcast",
                    null,
                    "{\"rooms\":[\"north%1$s\",\"no such room!\",\"south%1$s\"],\"sender\":\"ops\",\"content\":\"hear\"}"
                            .formatted(RUN));
            assertEquals("hear", ann.next("message").string("content"));
            assertEquals("hear", ben.next("message").string("content"));
            assertEquals(2, told.getInt("stored"));
            assertEquals(1, told.getInt("failed"));
            assertEquals(
                    "bad_request",
                    told.getJsonArray("results")
                            .getJsonObject(1)
                            .getJsonObject("error")
                            .getString("code"));
        }
    }

    @Test
    void tellsOfMembersRoomsAndTheNode() {
        try (RoomClient ann = RoomClient.enter(server.uri(), "r%C3%A4ume" + RUN, "ann")) {
            JsonObject members = ok("GET /rooms/{room}/members", "r%C3%A4ume", null);
            assertEquals("räume" + RUN, members.getString("room"));
            assertEquals("ann", members.getJsonArray("users").getJsonObject(0).getString("id"));
            ann.say("{\"type\":\"ping\",\"id\":1}");
            ann.next("pong");
            JsonObject rooms = ok("GET /rooms", null, null);
            assertTrue(rooms.getJsonArray("rooms").stream()
                    .anyMatch(room -> room.asJsonObject().getString("room").equals("räume" + RUN)));
            JsonObject node = ok("GET /node", null, null);
            assertEquals("ready", node.getString("readiness"));
            assertTrue(node.getInt("sessions") >= 1);
        }
    }

    @Test
    void drainsRebalancesAndTakesItBack() {
        try (RoomClient ann = RoomClient.enter(server.uri(), "drained" + RUN, "ann")) {
            assertEquals(
                    "draining",
                    ok("POST /node/drain", null, "{\"window\":\"1h\"}").getString("state"));
            try {
                assertTrue(ann.next("draining").number("reconnectAfterMs") <= 3_600_000);
                assertEquals(503, backEnd.send("GET", "/health/ready", null).statusCode());
                JsonObject refused =
                        call(backEnd, "POST /node/rebalance", null, "", "{\"share\":1,\"window\":\"0\"}", 409);
                assertEquals("conflict", refused.getString("code"));
                assertTrue(ok("GET /node/drain", null, null).getInt("remaining") >= 1);
            } finally {
                assertEquals("off", ok("POST /node/undrain", null, null).getString("state"));
            }
            assertEquals(200, backEnd.send("GET", "/health/ready", null).statusCode());
            ok("POST /node/rebalance", null, "{\"share\":1,\"window\":\"0\"}");
            assertEquals(4001, ann.awaitClose());
        }
    }

    /** Readers have bounds of their own, for depth and for digits. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"share\":1,\"x\":%s}|[|]|5000", "{\"share\":%s2}|0||1", "{\"share\":2%s}|0||5000",
                "{\"share\":1e%s}|9||10", "{\"share\":%s}|{\"a\":|}|2000", "%s|[|]|100000"
            })
    void whatNoReaderTakesIsABadRequest(String shape) throws Exception {
        String[] parts = shape.split("\\|", -1);
        int times = Integer.parseInt(parts[3]);
        String body = String.format(parts[0], parts[1].repeat(times) + parts[2].repeat(times));
        HttpResponse<String> answer = backEnd.send("POST", "/api/v1/node/rebalance", body);
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("bad_request"), answer.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\"}                       | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"content\":\"x\"}                      | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"data\":null}         | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"data\":\"\\ud83d\"}   | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"data\":[1,]}         | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"data\":1,\"meta\":[]} | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"data\":1,\"meta\":{\"a\":1}} | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"content\":5}         | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"system\",\"content\":\"x\"} | 403 | forbidden",
                "POST /rooms/{room}/messages  | a%20b | {\"sender\":\"x\",\"content\":\"x\"}     | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"content\":[1,2        | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | []                                       | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"content\":\"x\",\"idempotencyKey\":\"\"} | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"content\":\"x\",\"idempotencyKey\":\"\\ud83d\"} | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"content\":\"x\",\"idempotencyKey\":\"a\\nb\"} | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"messages\":[]} | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"messages\":7} | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"messages\":[7]} | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"messages\":[{\"content\":\"x\"}]} | 400 | bad_request",
                "POST /rooms/{room}/messages  | room  | {\"sender\":\"x\",\"content\":\"x\",\"messages\":[{\"content\":\"x\"}]} | 400 | bad_request",
                "POST /broadcast              | room  | {\"rooms\":[],\"sender\":\"x\",\"content\":\"x\"} | 400 | bad_request",
                "POST /node/drain             | room  | {\"window\":\"soon\"}                    | 400 | bad_request",
                "POST /node/drain             | room  | {\"window\":\"\"}                        | 400 | bad_request",
                "POST /node/rebalance         | room  | {\"share\":1,\"window\":\" \"}           | 400 | bad_request",
                "POST /node/rebalance         | room  | {\"share\":2}                            | 400 | bad_request",
                "POST /node/rebalance         | room  | {}                                       | 400 | bad_request"
            })
    void saysWhatIsWrong(String operation, String name, String body, int status, String code) {
        assertEquals(code, call(backEnd, operation, name, "", body, status).getString("code"));
    }

    @Test
    void tooMuchIsTooLarge() {
        String content = "x".repeat(17 * 1024);
        JsonObject refused = call(
                backEnd,
                "POST /rooms/{room}/messages",
                "room",
                "",
                "{\"sender\":\"x\",\"content\":\"" + content + "\"}",
                413);
        assertEquals("too_large", refused.getString("code"));
        JsonObject many = call(
                backEnd,
                "POST /rooms/{room}/messages",
                "room",
                "",
                "{\"sender\":\"x\",\"messages\":[{\"content\":\"x\"}" + ",{\"content\":\"x\"}".repeat(100) + "]}",
                413);
        assertEquals("too_large", many.getString("code"));
    }

    @Test
    void wrongNumbersOfAQueryAreRefused() {
        for (String query :
                List.of("?limit=-1", "?limit=201", "?after=x", "?after=1", "?before=e:-1", "?after=e:1&before=e:2")) {
            call(backEnd, "GET /rooms/{room}/messages", "room", query, null, 400);
        }
        String wrong = "?text= ?text=%2a ?text=x%2a ?text=x&rooms= ?text=x&from=-1 ?text=x&to=x ?text=x&cursor=-1";
        for (String query : wrong.split(" ", -1)) {
            call(backEnd, "GET /search", null, query, null, 400);
        }
        // There is no archive here.
        call(backEnd, "GET /search", null, "?text=x", null, 501);
    }

    @Test
    void nobodyComesInWithoutTheKey() {
        for (String key : new String[] {null, "", "wrong", ApiServer.KEY + "x", ApiServer.KEY.substring(1)}) {
            HttpResponse<String> refused = new Http(server.uri(), key).send("GET", "/api/v1/node", null);
            assertEquals(401, refused.statusCode());
            assertEquals("unauthenticated", Http.read(refused.body()).getString("code"));
            String challenge = refused.headers().firstValue("WWW-Authenticate").orElseThrow();
            // RFC 6750: a request without credentials is told no error.
            String wrong = "Bearer realm=\"roomcast\", error=\"invalid_token\", error_description=\"";
            assertTrue(
                    key == null || key.isEmpty()
                            ? challenge.equals("Bearer realm=\"roomcast\"")
                            : challenge.startsWith(wrong),
                    challenge);
        }
    }

    @Test
    void tellsAWrongPathFromAWrongMethod() {
        assertEquals("not_found", backEnd.json("GET", "/api/v1/nowhere", null).getString("code"));
        HttpResponse<String> method = backEnd.send("DELETE", "/api/v1/rooms/a/messages", null);
        assertEquals(405, method.statusCode());
        assertEquals("method_not_allowed", Http.read(method.body()).getString("code"));
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
