package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTClaimsSet;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import io.roomcast.support.Tokens;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Back ends that show a token in place of the key. The document says what each operation needs. */
class ServerApiTokenIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String MESSAGE = "{\"sender\":\"billing\",\"content\":\"x\",\"rooms\":[\"orders\",\"ops\"]}";

    @AutoClose
    private static ApiServer server;

    private static OpenApi document;

    @BeforeAll
    static void start() {
        server = ApiServer.open();
        document = new OpenApi(new Http(server.uri(), null)
                .send("GET", "/api/v1/openapi.yaml", null)
                .body());
    }

    @Test
    void eachOperationNeedsWhatTheDocumentSays() {
        Set<String> words = Set.of("publish", "read", "operate");
        Map<String, String> needed = document.permissions();
        assertEquals(document.operations().size() - 2, needed.size(), "all but the two documents");
        try {
            needed.forEach((operation, word) -> {
                List<String> others =
                        words.stream().filter(other -> !other.equals(word)).toList();
                HttpResponse<String> refused = call(operation, token(others));
                assertEquals(403, refused.statusCode(), operation + " with " + others);
                String challenge =
                        refused.headers().firstValue("WWW-Authenticate").orElse("none");
                assertTrue(challenge.matches(".* error=\"insufficient_scope\", .*, scope=\"" + word + '"'), challenge);
                int status = call(operation, token(List.of(word))).statusCode();
                // Without an archive, nothing is exported or erased.
                assertTrue(Set.of(200, 400, 404, 501).contains(status), operation + " with " + word + ": " + status);
            });
        } finally {
            call("POST /node/undrain", token(List.of("operate")));
        }
    }

    @Test
    void theKeyServesBesideTokens() {
        for (String proof : List.of(ApiServer.KEY, token(List.of("operate")))) {
            assertEquals(200, call("GET /node", proof).statusCode());
        }
    }

    @Test
    void scopesAreUnderstoodToo() {
        String token = signed(Tokens.of("billing", HOUR).claim("api", "openid read"));
        assertEquals(200, call("GET /rooms", token).statusCode());
        assertEquals(403, call("GET /node", token).statusCode());
    }

    @Test
    void theTokenOfAUserOpensNothing() {
        HttpResponse<String> refused = call("GET /rooms", signed(Tokens.of("ann", HOUR)));
        assertEquals(403, refused.statusCode());
        assertEquals(List.of(), document.violations("GET /rooms", refused.statusCode(), Http.read(refused.body())));
    }

    @Test
    void forgedAndOldTokensAreRefused() {
        String forged = Tokens.signed(
                Tokens.of("billing", HOUR).claim("api", List.of("operate")),
                "another secret that is long enough for HS256");
        String old = signed(Tokens.of("billing", HOUR.negated()).claim("api", List.of("operate")));
        for (String token : List.of(forged, old, "a.b.c", "no token")) {
            HttpResponse<String> refused = call("GET /node", token);
            assertEquals(401, refused.statusCode());
            assertFalse(refused.body().contains(token), "the token is not repeated");
            String challenge = refused.headers().firstValue("WWW-Authenticate").orElse("none");
            assertTrue(challenge.contains("error=\"invalid_token\""), challenge);
        }
    }

    @Test
    void theClaimRoomsBoundsTheRooms() {
        try (RoomClient ann = RoomClient.enter(server.uri(), "orders", "ann");
                RoomClient ben = RoomClient.enter(server.uri(), "ops", "ben")) {
            String token = signed(Tokens.of("billing", HOUR)
                    .claim("api", List.of("publish", "read"))
                    .claim("rooms", Map.of("orders", List.of("read", "publish"))));
            Http billing = new Http(server.uri(), token);
            assertEquals(
                    200,
                    billing.send("POST", "/api/v1/rooms/orders/messages", MESSAGE)
                            .statusCode());
            HttpResponse<String> refused = billing.send("POST", "/api/v1/rooms/ops/messages", MESSAGE);
            assertEquals(403, refused.statusCode());
            String challenge = refused.headers().firstValue("WWW-Authenticate").orElse("none");
            assertTrue(challenge.contains("insufficient_scope") && !challenge.contains(", scope="), challenge);
            assertEquals(
                    403, billing.send("GET", "/api/v1/rooms/ops/messages", null).statusCode());
            assertEquals(
                    403, billing.send("GET", "/api/v1/rooms/ops/members", null).statusCode());
            JsonObject told = billing.json("POST", "/api/v1/broadcast", MESSAGE);
            assertEquals(1, told.getInt("stored"));
            assertEquals(
                    "forbidden",
                    told.getJsonArray("results")
                            .getJsonObject(1)
                            .getJsonObject("error")
                            .getString("code"));
            JsonObject rooms = billing.json("GET", "/api/v1/rooms", null);
            assertEquals(1, rooms.getInt("count"), rooms::toString);
            ann.next("message");
            ben.say("{\"type\":\"ping\",\"id\":1}");
            ben.next(pong -> pong.is("pong") && pong.number("id") == 1, "pong");
        }
    }

    /** A list of sessions says who is in a room, as a list of members does. */
    @Test
    void sessionsDoNotSayWhoIsInARoomWithoutPresence() {
        try (RoomClient ann = RoomClient.enter(server.uri(), "orders", "ann")) {
            ann.say("{'type':'join','room':'ops'}")
                    .next(frame -> frame.is("joined") && frame.string("room").equals("ops"), "joined");
            Http operator = operator(Map.of("orders", List.of("read", "presence"), "ops", List.of("read")));
            assertEquals(
                    1,
                    operator.json("GET", "/api/v1/sessions?room=orders", null).getInt("count"));
            assertEquals(
                    403, operator.send("GET", "/api/v1/sessions?room=ops", null).statusCode());
            assertEquals(
                    "[\"orders\"]",
                    operator.json("GET", "/api/v1/users/ann", null).get("rooms").toString());
            Http presenceAlone = operator(Map.of("*", List.of("presence")));
            assertEquals(
                    403,
                    presenceAlone
                            .send("GET", "/api/v1/sessions?room=orders", null)
                            .statusCode());
        }
    }

    private static Http operator(Map<String, List<String>> rooms) {
        return new Http(
                server.uri(),
                signed(Tokens.of("ops", HOUR).claim("api", List.of("operate")).claim("rooms", rooms)));
    }

    private static String signed(JWTClaimsSet.Builder claims) {
        return Tokens.signed(claims, ApiServer.SECRET);
    }

    private static String token(List<String> words) {
        return signed(Tokens.of("billing", HOUR).claim("api", words));
    }

    private static HttpResponse<String> call(String operation, String token) {
        String[] parts = operation.split(" ", -1);
        String path = parts[1].replaceAll("\\{\\w+}", "any");
        return new Http(server.uri(), token).send(parts[0], "/api/v1" + path, parts[0].equals("POST") ? MESSAGE : null);
    }
}
