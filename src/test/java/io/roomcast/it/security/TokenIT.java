package io.roomcast.it.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EventClient;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.PollClient;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import io.roomcast.support.Tokens;
import java.net.http.HttpResponse;
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
    /** As long as a slow machine takes for some answers, before a token ends. */
    private static final Duration SOON = Duration.ofSeconds(8);

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static OwnServer server;

    @BeforeAll
    static void start() {
        server = OwnServer.start(
                "tokens",
                Map.of(
                        "roomcast.auth", "token",
                        "roomcast.auth.secret", Tokens.SECRET,
                        "roomcast.token.default-permissions", Tokens.MEMBER,
                        "roomcast.auth.hello-timeout", "6s",
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
        try (RoomClient ann = client("ws").say("{'type':'hello','user':'bob','token':'" + token("ann", HOUR) + "'}")) {
            Frame welcome = ann.next("welcome");
            assertEquals("ann", welcome.string("user"));
            assertTrue(welcome.isTrue("proven"));
            assertTrue(welcome.number("expiresInMs") > 3_500_000);
            ann.say("{'type':'join','room':'lobby'}").next("joined");
            ann.say("{'room':'lobby','content':'hi','sender':'bob'}");
            assertEquals("ann", ann.next("message").string("sender"));
            assertEquals("bad_request", ann.say(hello(token("bob", HOUR))).error());
        }
    }

    @Test
    void withoutATokenNothingIsServed() throws Exception {
        try (RoomClient nobody = client("ws")) {
            assertEquals(
                    "unauthenticated",
                    nobody.say("{'type':'join','room':'lobby'}").error());
            nobody.say("{'type':'ping','id':1}").next("pong");
            assertEquals(4002, nobody.awaitClose());
        }
    }

    @Test
    void whatFollowsTheHelloAtOnceIsServedInOrder() throws Exception {
        try (RoomClient ann = client("ws")) {
            ann.say(hello(token("ann", HOUR))
                    + "\n{'type':'join','id':1,'room':'hasty'}\n{'id':2,'room':'hasty','content':'hi'}");
            ann.next("welcome");
            ann.next("joined");
            assertEquals("hi", ann.next("message").string("content"));
        }
    }

    @Test
    void aRefusedTokenCloses() throws Exception {
        for (String token : List.of(
                "",
                "x",
                token("ann", Duration.ofSeconds(-5)),
                Tokens.signed(Tokens.of("ann", HOUR), Tokens.SECRET + "?"))) {
            try (RoomClient forger = client("ws").say(hello(token))) {
                assertEquals("unauthenticated", forger.error());
                assertEquals(4501, forger.awaitClose());
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
                Tokens.signed(Tokens.of("ann", HOUR).subject("<b>ann\u0007</b>")),
                Tokens.signed(Tokens.of("ann", HOUR)
                        .expirationTime(null)
                        .notBeforeTime(Date.from(Instant.now().plus(HOUR)))),
                "\\u0000",
                "x".repeat(30_000));
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void aForgedTokenOpensNothing(String token) throws Exception {
        try (RoomClient forger = client("ws").say(hello(token))) {
            assertEquals("unauthenticated", forger.error());
            assertEquals(4501, forger.awaitClose());
        }
    }

    /** What somebody overheard: good for its user alone, as long as it lasts. */
    @Test
    void aReplayedTokenIsItsUsersOwnAndEndsWithItsTime() throws Exception {
        String overheard = token("ann", SOON);
        try (RoomClient ann = client("ws").say(hello(overheard));
                RoomClient replay = client("ws/lobby/mallory").say(hello(overheard));
                RoomClient mallory = client("ws").say(hello(token("mallory", HOUR)))) {
            ann.next("welcome");
            assertEquals(1008, replay.awaitClose());
            mallory.next("welcome");
            assertEquals("unauthenticated", mallory.say(refresh(overheard)).error());
            mallory.say("{'type':'join','room':'lobby'}").next("joined");
            mallory.say("{'room':'lobby','sender':'ann','content':'hi'}");
            assertEquals("mallory", mallory.next("message").string("sender"));
            assertEquals(4004, ann.awaitClose());
        }
        try (RoomClient late = client("ws").say(hello(overheard))) {
            assertEquals(4501, late.awaitClose());
        }
    }

    @Test
    void theAddressNamesTheSameUserOrNone() throws Exception {
        try (RoomClient ann = client("ws/lobby/ann").say(hello(token("ann", HOUR)))) {
            assertEquals("lobby", ann.next("joined").string("room"));
        }
        try (RoomClient bob = client("ws/lobby/ann").say(hello(token("bob", HOUR)))) {
            assertEquals("unauthenticated", bob.error());
            assertEquals(1008, bob.awaitClose());
        }
    }

    @Test
    void tokensHaveNoPlaceInAddresses() throws Exception {
        try (RoomClient ann = client("ws?token=" + token("ann", HOUR))) {
            assertEquals("bad_request", ann.error());
            assertEquals(1008, ann.awaitClose());
        }
    }

    @Test
    void roomsAreForWhomTheClaimNamesThem() throws Exception {
        String token = Tokens.signed(Tokens.of("ann", HOUR)
                .claim("rooms", Map.of("ops-*", List.of("read", "history"), "lobby", List.of("read", "publish"))));
        try (RoomClient ann = client("ws").say(hello(token))) {
            assertEquals("forbidden", ann.say("{'type':'join','room':'other'}").error());
            ann.say("{'type':'join','room':'ops-db'}").next("joined");
            assertEquals(
                    "forbidden",
                    ann.say("{'id':1,'room':'ops-db','content':'hi'}").error());
            assertEquals(
                    "forbidden",
                    ann.say("{'type':'signal','room':'ops-db','signal':'typing'}")
                            .error());
            ann.say("{'type':'history','room':'ops-db'}").next("history");
            assertFalse(ann.say("{'type':'join','room':'lobby'}").next("joined").has("members"));
            ann.say("{'id':2,'room':'lobby','content':'hi'}").next("ack");
            assertEquals(
                    "forbidden", ann.say("{'type':'history','room':'lobby'}").error());
            assertEquals(
                    "forbidden", ann.say("{'type':'members','room':'lobby'}").error());
        }
    }

    @Test
    void anExpiredTokenEndsALivingConnection() throws Exception {
        try (RoomClient ann = client("ws").say(hello(token("ann", SOON)))) {
            ann.next("welcome");
            assertEquals("unauthenticated", ann.error());
            assertEquals(4004, ann.awaitClose());
        }
    }

    @Test
    void refreshKeepsItOpenAndReplacesThePermissions() throws Exception {
        try (RoomClient ann = client("ws").say(hello(token("ann", SOON)))) {
            ann.next("welcome");
            ann.say("{'type':'join','room':'lobby'}").next("joined");
            ann.say("{'type':'join','room':'ops'}").next("joined");
            assertEquals("unauthenticated", ann.say(refresh(token("bob", HOUR))).error());
            assertEquals("unauthenticated", ann.say(refresh("x")).error());
            String narrower = Tokens.signed(Tokens.of("ann", HOUR).claim("rooms", Map.of("lobby", List.of("read"))));
            assertTrue(ann.say(refresh(narrower)).next("refreshed").number("expiresInMs") > 3_000_000);
            assertEquals("ops", ann.next("left").string("room"));
            assertEquals(
                    "forbidden",
                    ann.say("{'id':1,'room':'lobby','content':'hi'}").error());
            assertNull(ann.closedWithin(SOON.toSeconds() + 1));
        }
    }

    /** What is no good token any more, and what never was one, gets nothing over HTTP, on any address. */
    @Test
    void overHttpTheTokenSaysWhoOneIs() {
        String room = TestServer.newRoom();
        PollClient ann = poller(token("ann", HOUR)).room(room);
        Frame welcome = ann.poll(20_000).get(0);
        assertEquals("ann", welcome.string("user"));
        assertTrue(welcome.isTrue("proven"));
        assertTrue(welcome.number("expiresInMs") > 3_500_000);
        for (String authorization : Stream.of(null, "Basic YW5uOng=", "Bearer", "Bearer x")
                .flatMap(each -> Stream.of(each, "Bearer " + token("ann", Duration.ofSeconds(-5))))
                .toList()) {
            ann.setAuthorization(authorization);
            for (String path : List.of("http/poll", "http/send")) {
                HttpResponse<String> refused = PollClient.join(ann.send(path, ann.body(0)));
                PollClient.refusal(401, "unauthenticated", refused);
                assertTrue(refused.headers()
                        .firstValue("WWW-Authenticate")
                        .orElse("")
                        .startsWith("Bearer "));
            }
        }
        PollClient bob = poller(token("bob", HOUR)).room(room);
        bob.setSession(ann.session());
        PollClient.refusal(401, "session_invalid", PollClient.join(bob.pollAsync(0)));
        PollClient other = new PollClient(server.uri(), "ann").room(room);
        other.setAuthorization("Bearer " + token("bob", HOUR));
        PollClient.refusal(401, "unauthenticated", PollClient.join(other.pollAsync(0)));
        Http http = new Http(server.uri(), null);
        PollClient.refusal(401, "unauthenticated", http.sendPlain("GET", "/http/events?rooms=" + room, null));
        PollClient.refusal(
                400,
                "bad_request",
                http.sendPlain("GET", "/http/events?rooms=" + room + "&token=" + token("ann", HOUR), null));
    }

    @Test
    void aTokenThatPermitsLessTakesTheUserOutOfTheRoomAtTheNextPoll() throws Exception {
        String room = TestServer.newRoom();
        PollClient ann = poller(token("ann", HOUR)).room(room).room("lobby");
        try (RoomClient eve = client("ws").say(hello(token("eve", HOUR)))) {
            eve.next("welcome");
            eve.say("{'type':'join','room':'" + room + "'}").next("joined");
            ann.poll(20_000);
            eve.next(frame -> frame.text().contains("ann has joined"), "ann's arrival");
            ann.setAuthorization("Bearer "
                    + Tokens.signed(Tokens.of("ann", HOUR).claim("rooms", Map.of("lobby", List.of("read")))));
            List<Frame> answer = ann.poll(20_000);
            Frame refused = answer.stream()
                    .filter(frame -> frame.is("error"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("forbidden", refused.string("code"));
            assertEquals(room, refused.string("room"));
            assertTrue(
                    answer.stream()
                            .anyMatch(frame ->
                                    frame.is("joined") && frame.string("room").equals("lobby")),
                    answer::toString);
            eve.next(frame -> frame.text().contains("ann has left"), "ann's leave");
            assertEquals(
                    "forbidden",
                    ann.send("{'type':'publish','room':'lobby','content':'hi'}")
                            .get(0)
                            .string("code"));
        }
    }

    /** As the connection of a WebSocket ends; a fresh token goes on where the answer ended. */
    @Test
    void aTokenThatExpiresEndsThePollThatWaitsAndTheStream() {
        // In no room, so that nothing else ends the poll.
        PollClient ann = poller(token("ann", SOON));
        ann.poll(20_000);
        String room = TestServer.newRoom();
        try (EventClient events =
                new EventClient(server.at("http/events?rooms=" + room), "", "Bearer " + token("ben", SOON))) {
            assertEquals("ben", events.next("joined").string("user"));
            List<Frame> last = ann.poll(20_000);
            assertEquals(
                    List.of("error", "closed"), last.stream().map(Frame::type).toList());
            assertEquals("unauthenticated", last.get(0).string("code"));
            assertEquals(4004, last.get(1).number("code"));
            PollClient.refusal(401, "unauthenticated", PollClient.join(ann.pollAsync(0)));
            assertEquals("unauthenticated", events.next("error").string("code"));
            assertEquals(4004, events.next("closed").number("code"));
        }
        ann.setAuthorization("Bearer " + token("ann", HOUR));
        ann.room(room);
        assertEquals("joined", ann.poll(20_000).get(0).type(), "the ticket is good");
    }

    private static PollClient poller(String token) {
        return PollClient.proven(server.uri(), "Bearer " + token);
    }

    private static RoomClient client(String path) {
        return RoomClient.connect(server.at(path));
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
