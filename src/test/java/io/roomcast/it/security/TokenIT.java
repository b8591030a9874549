package io.roomcast.it.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.ClosingClient;
import io.roomcast.support.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static OwnServer server;

    @BeforeAll
    static void start() {
        server = OwnServer.start(
                "tokens",
                Map.of(
                        "roomcast.auth", "token",
                        "roomcast.auth.secret", Tokens.SECRET,
                        "roomcast.auth.hello-timeout", "3s",
                        "roomcast.presence.grace", "0"));
    }

    @AfterAll
    static void stop() {
        try {
            String log = server.console();
            assertFalse(log.contains("eyJ"), "tokens have no place in a log");
            assertFalse(log.contains(Tokens.SECRET), "nor has the secret");
        } finally {
            server.close();
        }
    }

    @Test
    void theTokenSaysWhoOneIs() throws Exception {
        try (ClosingClient ann =
                client("ws").send("{'type':'hello','user':'bob','token':'" + token("ann", HOUR) + "'}")) {
            Map<String, Object> welcome = ann.next("welcome");
            assertEquals("ann", welcome.get("user"));
            assertTrue(((Number) welcome.get("expiresInMs")).longValue() > 3_500_000);
            ann.send("{'type':'join','room':'lobby'}").next("joined");
            ann.send("{'room':'lobby','content':'hi','sender':'bob'}");
            assertEquals("ann", ann.next("message").get("sender"));
            assertEquals("bad_request", ann.send(hello(token("bob", HOUR))).error());
        }
    }

    @Test
    void withoutATokenNothingIsServed() throws Exception {
        try (ClosingClient nobody = client("ws")) {
            assertEquals(
                    "unauthenticated",
                    nobody.send("{'type':'join','room':'lobby'}").error());
            nobody.send("{'type':'ping','id':1}").next("pong");
            assertEquals(4002, nobody.closeCode());
        }
    }

    @Test
    void whatFollowsTheHelloAtOnceIsServedInOrder() throws Exception {
        try (ClosingClient ann = client("ws")) {
            ann.send(hello(token("ann", HOUR))
                    + "\n{'type':'join','id':1,'room':'hasty'}\n{'id':2,'room':'hasty','content':'hi'}");
            ann.next("welcome");
            ann.next("joined");
            assertEquals("hi", ann.next("message").get("content"));
        }
    }

    @Test
    void aRefusedTokenCloses() throws Exception {
        for (String token : List.of(
                "",
                "x",
                token("ann", Duration.ofSeconds(-5)),
                Tokens.signed(Tokens.of("ann", HOUR), Tokens.SECRET + "?"))) {
            try (ClosingClient forger = client("ws").send(hello(token))) {
                assertEquals("unauthenticated", forger.error());
                assertEquals(4501, forger.closeCode());
            }
        }
    }

    /** Made of a good token, with something else in the place of what was signed, or of the signature. */
    static Stream<String> forgeries() {
        String[] good = token("ann", HOUR).split("\\.", -1);
        String admin = token("admin", HOUR).split("\\.", -1)[1];
        String none = BASE64.encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8));
        String elsewhere = BASE64.encodeToString(
                "{\"alg\":\"HS256\",\"jku\":\"http://127.0.0.1:9/keys\",\"kid\":\"../../dev/null\"}".getBytes(UTF_8));
        String otherKind = BASE64.encodeToString("{\"alg\":\"RS256\"}".getBytes(UTF_8));
        return Stream.of(
                none + "." + good[1] + ".",
                none + "." + good[1] + "." + good[2],
                good[0] + "." + admin + "." + good[2],
                good[0] + "." + good[1] + ".",
                good[0] + "." + good[1],
                good[0] + "." + good[1] + "." + good[2].substring(1),
                elsewhere + "." + good[1] + "." + good[2],
                otherKind + "." + good[1] + "." + good[2],
                Tokens.signed(Tokens.of("ann", HOUR).subject(null)),
                Tokens.signed(Tokens.of("ann", HOUR).subject("system")),
                Tokens.signed(Tokens.of("ann", HOUR).subject("<b>ann</b>")),
                Tokens.signed(Tokens.of("ann", HOUR)
                        .expirationTime(null)
                        .notBeforeTime(Date.from(Instant.now().plus(HOUR)))),
                "\\u0000",
                "x".repeat(30_000));
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void aForgedTokenOpensNothing(String token) throws Exception {
        try (ClosingClient forger = client("ws").send(hello(token))) {
            assertEquals("unauthenticated", forger.error());
            assertEquals(4501, forger.closeCode());
        }
    }

    /** What somebody overheard: good for its user alone, as long as it lasts. */
    @Test
    void aReplayedTokenIsItsUsersOwnAndEndsWithItsTime() throws Exception {
        String overheard = token("ann", Duration.ofSeconds(2));
        try (ClosingClient ann = client("ws").send(hello(overheard));
                ClosingClient replay = client("ws/lobby/mallory").send(hello(overheard));
                ClosingClient mallory = client("ws").send(hello(token("mallory", HOUR)))) {
            ann.next("welcome");
            assertEquals(1008, replay.closeCode());
            mallory.next("welcome");
            assertEquals("unauthenticated", mallory.send(refresh(overheard)).error());
            mallory.send("{'type':'join','room':'lobby'}").next("joined");
            mallory.send("{'room':'lobby','sender':'ann','content':'hi'}");
            assertEquals("mallory", mallory.next("message").get("sender"));
            assertEquals(4501, ann.closeCode());
        }
        try (ClosingClient late = client("ws").send(hello(overheard))) {
            assertEquals(4501, late.closeCode());
        }
    }

    @Test
    void theAddressNamesTheSameUserOrNone() throws Exception {
        try (ClosingClient ann = client("ws/lobby/ann").send(hello(token("ann", HOUR)))) {
            assertEquals("lobby", ann.next("joined").get("room"));
        }
        try (ClosingClient bob = client("ws/lobby/ann").send(hello(token("bob", HOUR)))) {
            assertEquals("unauthenticated", bob.error());
            assertEquals(1008, bob.closeCode());
        }
    }

    @Test
    void tokensHaveNoPlaceInAddresses() throws Exception {
        try (ClosingClient ann = client("ws?token=" + token("ann", HOUR))) {
            assertEquals("bad_request", ann.error());
            assertEquals(1008, ann.closeCode());
        }
    }

    @Test
    void roomsAreForWhomTheClaimNamesThem() throws Exception {
        String token = Tokens.signed(Tokens.of("ann", HOUR)
                .claim("rooms", Map.of("ops-*", List.of("read"), "lobby", List.of("read", "publish"))));
        try (ClosingClient ann = client("ws").send(hello(token))) {
            assertEquals("forbidden", ann.send("{'type':'join','room':'other'}").error());
            ann.send("{'type':'join','room':'ops-db'}").next("joined");
            assertEquals(
                    "forbidden",
                    ann.send("{'id':1,'room':'ops-db','content':'hi'}").error());
            assertEquals(
                    "forbidden",
                    ann.send("{'type':'signal','room':'ops-db','name':'typing'}")
                            .error());
            ann.send("{'type':'history','room':'ops-db'}").next("history");
            ann.send("{'type':'join','room':'lobby'}").next("joined");
            ann.send("{'id':2,'room':'lobby','content':'hi'}").next("ack");
        }
    }

    @Test
    void anExpiredTokenEndsALivingConnection() throws Exception {
        try (ClosingClient ann = client("ws").send(hello(token("ann", Duration.ofSeconds(3))))) {
            ann.next("welcome");
            assertEquals("unauthenticated", ann.error());
            assertEquals(4501, ann.closeCode());
        }
    }

    @Test
    void refreshKeepsItOpenAndReplacesThePermissions() throws Exception {
        try (ClosingClient ann = client("ws").send(hello(token("ann", Duration.ofSeconds(3))))) {
            ann.next("welcome");
            ann.send("{'type':'join','room':'lobby'}").next("joined");
            ann.send("{'type':'join','room':'ops'}").next("joined");
            assertEquals(
                    "unauthenticated", ann.send(refresh(token("bob", HOUR))).error());
            assertEquals("unauthenticated", ann.send(refresh("x")).error());
            String narrower = Tokens.signed(Tokens.of("ann", HOUR).claim("rooms", Map.of("lobby", List.of("read"))));
            assertTrue(((Number) ann.send(refresh(narrower)).next("refreshed").get("expiresInMs")).longValue()
                    > 3_000_000);
            assertEquals("ops", ann.next("left").get("room"));
            assertEquals(
                    "forbidden",
                    ann.send("{'id':1,'room':'lobby','content':'hi'}").error());
            assertNull(ann.closedWithin(4));
        }
    }

    private static ClosingClient client(String path) {
        return ClosingClient.open(server.at(path));
    }

    private static String hello(String token) {
        return "{'type':'hello','token':'" + token + "'}";
    }

    private static String refresh(String token) {
        return "{'type':'refresh','id':9,'token':'" + token + "'}";
    }

    private static String token(String user, Duration life) {
        return Tokens.signed(Tokens.of(user, life));
    }
}
