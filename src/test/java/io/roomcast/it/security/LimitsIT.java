package io.roomcast.it.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.support.Frame;
import io.roomcast.support.Handshake;
import io.roomcast.support.PollClient;
import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits as those feel them who come up against them; set while the server runs. */
class LimitsIT {
    private static final int PATIENCE_SECONDS = 40;
    private static final String PAGE = "https://shop.example";

    @AutoClose
    private static OwnServer server;

    private final List<Key<?>> changed = new ArrayList<>();
    private final String room = "limits-" + System.nanoTime();

    @BeforeAll
    static void start() {
        server = OwnServer.start(
                "limited",
                Map.of(
                        "roomcast.presence.grace", "0",
                        "roomcast.origins", PAGE,
                        // Payara hears of some connections that break at once by their silence only.
                        "roomcast.heartbeat", "2s"));
    }

    @AfterEach
    void putBack() {
        changed.forEach(limit -> server.limit(limit.name(), limit.defaultText()));
        awaitNoSessions();
    }

    @Test
    void aFullNodeSaysSoAtTheHandshake() throws Exception {
        limit(LimitKeys.SESSIONS, "2");
        URI ws = server.at("ws");
        try (RoomClient ann = hello("ann");
                RoomClient bob = hello("bob")) {
            assertEquals(503, Handshake.to(ws).status());
            bob.say("{'type':'ping'}").next("pong");
            ann.say("{'type':'ping'}").next("pong");
            ann.leave();
            bob.leave();
        }
        awaitNoSessions();
        try (RoomClient cleo = hello("cleo")) {
            cleo.leave();
        }
    }

    @Test
    void sessionsOfOneAddressAreCounted() throws Exception {
        limit(LimitKeys.ADDRESS_SESSIONS, "1");
        refusesTheSecond(server.at("ws"));
    }

    @Test
    void sessionsOfOneUserAreCountedAndOthersAreNotTouched() throws Exception {
        limit(LimitKeys.USER_SESSIONS, "1");
        URI ann = server.at("ws/" + room + "/ann");
        refusesTheSecond(ann);
        try (RoomClient guest = RoomClient.connect(server.at("ws"));
                RoomClient first = RoomClient.connect(ann)) {
            first.next("joined");
            assertEquals("busy", guest.say("{'type':'hello','user':'ann'}").error());
        }
    }

    /** And takes another as soon as the first has gone: nothing is counted for ever. */
    private static void refusesTheSecond(URI address) throws Exception {
        try (RoomClient one = RoomClient.connect(address)) {
            one.say("{'type':'ping'}").next("pong");
            try (RoomClient two = RoomClient.connect(address)) {
                Frame error = two.next("error");
                assertEquals("busy", error.string("code"));
                assertTrue(error.number("retryAfterMs") > 0);
                assertEquals(1013, two.awaitClose());
            }
            one.leave();
        }
        awaitNoSessions();
        try (RoomClient again = RoomClient.connect(address)) {
            again.say("{'type':'ping'}").next("pong");
        }
        awaitNoSessions();
    }

    /** Over HTTP, too, what is too much is refused as a whole, with its code and when to come again. */
    @Test
    void overHttpSessionsAndRequestsAreCounted() {
        PollClient ann = new PollClient(server.uri(), "ann");
        ann.poll(0);
        limit(LimitKeys.SESSIONS, "1");
        assertTellsWhen(503, "busy", PollClient.join(new PollClient(server.uri(), "ben").pollAsync(0)));
        ann.poll(0);
        limit(LimitKeys.SESSIONS, LimitKeys.SESSIONS.defaultText());
        limit(LimitKeys.USER_SESSIONS, "1");
        assertTellsWhen(503, "busy", PollClient.join(new PollClient(server.uri(), "ann").pollAsync(0)));
        ann.poll(0);
        limit(LimitKeys.REQUEST_RATE, "1");
        HttpResponse<String> last = PollClient.join(ann.pollAsync(0));
        for (int i = 0; i < 15 && last.statusCode() == 200; i++) {
            last = PollClient.join(ann.pollAsync(0));
        }
        assertTellsWhen(429, "rate_limited", last);
    }

    private static void assertTellsWhen(int status, String code, HttpResponse<String> response) {
        JsonObject refusal = PollClient.refusal(status, code, response);
        assertTrue(refusal.getInt("retryAfterMs") > 0, response::body);
        assertTrue(Integer.parseInt(response.headers().firstValue("Retry-After").orElse("0")) > 0, response::body);
    }

    @Test
    void aSessionIsInSoManyRooms() throws Exception {
        limit(LimitKeys.ROOMS, "1");
        try (RoomClient ann = hello("ann")) {
            ann.say("{'type':'join','room':'" + room + "'}").next("joined");
            assertEquals(
                    "too_many_rooms",
                    ann.say("{'type':'join','room':'" + room + "-2'}").error());
            limit(LimitKeys.ROOMS, "2");
            ann.say("{'type':'join','room':'" + room + "-2'}").next("joined");
        }
    }

    @Test
    void aRoomHasSoManyUsers() throws Exception {
        limit(LimitKeys.ROOM_USERS, "1");
        try (RoomClient ann = hello("ann");
                RoomClient bob = hello("bob")) {
            ann.say("{'type':'join','room':'" + room + "'}").next("joined");
            assertEquals(
                    "room_full",
                    bob.say("{'type':'join','room':'" + room + "'}").error());
            assertEquals(
                    "not_joined",
                    bob.say("{'id':1,'room':'" + room + "','content':'hi'}").error());
            assertEquals(
                    1,
                    ann.say("{'type':'members','room':'" + room + "'}")
                            .next("members")
                            .number("count"));
            ann.say("{'type':'leave','room':'" + room + "'}").next("left");
            bob.say("{'type':'join','room':'" + room + "'}").next("joined");
        }
    }

    @Test
    void whoPublishesTooFastIsToldWhenToGoOn() throws Exception {
        try (RoomClient ann = hello("ann");
                RoomClient bob = hello("bob")) {
            ann.say("{'type':'join','room':'" + room + "'}").next("joined");
            bob.say("{'type':'join','room':'" + room + "'}").next("joined");
            limit(LimitKeys.PUBLISH_RATE, "1");
            limit(LimitKeys.REQUEST_RATE, "2");
            for (int i = 0; i < 8; i++) {
                ann.say("{'id':" + i + ",'idempotencyKey':'k" + i + "','room':'" + room + "','content':'hi'}");
            }
            Frame error = ann.next("error");
            assertEquals("rate_limited", error.string("code"));
            assertTrue(error.string("idempotencyKey").startsWith("k"));
            long wait = error.number("retryAfterMs");
            assertTrue(wait > 0 && wait <= 1_001, error::toString);
            bob.say("{'id':1,'room':'" + room + "','content':'hi'}").next("ack");
            for (int i = 0; i < 15; i++) {
                bob.say("{'type':'signal','room':'" + room + "','signal':'typing'}");
            }
            assertEquals("rate_limited", bob.error());
        }
    }

    @Test
    void frameAndContentHaveSoManyBytes() throws Exception {
        limit(LimitKeys.CONTENT_BYTES, "100B");
        limit(LimitKeys.FRAME_BYTES, "2KiB");
        try (RoomClient ann = RoomClient.connect(server.at("ws"))) {
            JsonObject told = ann.say("{'type':'hello','user':'ann'}")
                    .next("welcome")
                    .json()
                    .getJsonObject("limits");
            assertEquals(100, told.getInt("contentBytes"));
            assertEquals(2_048, told.getInt("frameBytes"));
            ann.say("{'type':'join','room':'" + room + "'}").next("joined");
            String message = "{'id':1,'room':'" + room + "','content':'%s'}";
            ann.say(message.formatted("x".repeat(100))).next("ack");
            assertEquals(
                    "too_large", ann.say(message.formatted("x".repeat(101))).error());
            ann.say(message.formatted("x".repeat(2_100)));
            assertEquals(1009, ann.awaitClose());
        }
        limit(LimitKeys.FRAME_BYTES, "1MiB");
        limit(LimitKeys.CONTENT_BYTES, "900KiB");
        try (RoomClient ann = hello("ann")) {
            ann.say("{'type':'join','room':'" + room + "'}").next("joined");
            ann.say("{'id':1,'room':'" + room + "','content':'" + "x".repeat(800_000) + "'}")
                    .next("ack");
        }
    }

    @Test
    void pagesOfTheListAndTheServersOwnMayConnectAndNoOthers() throws IOException {
        URI ws = server.at("ws");
        assertEquals(101, Handshake.to(ws).origin(PAGE).status());
        assertEquals(101, Handshake.to(ws).origin("http://" + ws.getAuthority()).status());
        assertEquals(403, Handshake.to(ws).origin("https://evil.example").status());
    }

    private void limit(Key<?> key, String value) {
        changed.add(key);
        server.limit(key.name(), value);
    }

    private static RoomClient hello(String user) {
        RoomClient client = RoomClient.connect(server.at("ws"));
        client.say("{'type':'hello','user':'" + user + "'}").next("welcome");
        return client;
    }

    private static void awaitNoSessions() {
        ScrapedMetrics.await(server.uri(), PATIENCE_SECONDS, "roomcast_sessions", 0);
    }
}
