package io.roomcast.it.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.support.ClosingClient;
import io.roomcast.support.Handshake;
import io.roomcast.support.ScrapedMetrics;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits as those feel them who come up against them; set while the server runs. */
class LimitsIT {
    private static final int PATIENCE_SECONDS = 40;
    private static final String PAGE = "https://shop.example";
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

    @AfterAll
    static void stop() {
        server.close();
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
        try (ClosingClient ann = hello("ann");
                ClosingClient bob = hello("bob")) {
            assertEquals(503, Handshake.to(ws).status());
            bob.send("{'type':'ping'}").next("pong");
            ann.send("{'type':'ping'}").next("pong");
            ann.leave();
            bob.leave();
        }
        awaitNoSessions();
        try (ClosingClient cleo = hello("cleo")) {
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
        try (ClosingClient guest = ClosingClient.open(server.at("ws"));
                ClosingClient first = ClosingClient.open(ann)) {
            first.next("joined");
            assertEquals("busy", guest.send("{'type':'hello','user':'ann'}").error());
        }
    }

    /** And takes another as soon as the first has gone: nothing is counted for ever. */
    private static void refusesTheSecond(URI address) throws Exception {
        try (ClosingClient one = ClosingClient.open(address)) {
            one.send("{'type':'ping'}").next("pong");
            try (ClosingClient two = ClosingClient.open(address)) {
                Map<String, Object> error = two.next("error");
                assertEquals("busy", error.get("code"));
                assertTrue(((Number) error.get("retryAfterMs")).intValue() > 0);
                assertEquals(1013, two.closeCode());
            }
            one.leave();
        }
        awaitNoSessions();
        try (ClosingClient again = ClosingClient.open(address)) {
            again.send("{'type':'ping'}").next("pong");
        }
        awaitNoSessions();
    }

    @Test
    void aSessionIsInSoManyRooms() throws Exception {
        limit(LimitKeys.ROOMS, "1");
        try (ClosingClient ann = hello("ann")) {
            ann.send("{'type':'join','room':'" + room + "'}").next("joined");
            assertEquals(
                    "too_many_rooms",
                    ann.send("{'type':'join','room':'" + room + "-2'}").error());
            limit(LimitKeys.ROOMS, "2");
            ann.send("{'type':'join','room':'" + room + "-2'}").next("joined");
        }
    }

    @Test
    void aRoomHasSoManyUsers() throws Exception {
        limit(LimitKeys.ROOM_USERS, "1");
        try (ClosingClient ann = hello("ann");
                ClosingClient bob = hello("bob")) {
            ann.send("{'type':'join','room':'" + room + "'}").next("joined");
            assertEquals(
                    "room_full",
                    bob.send("{'type':'join','room':'" + room + "'}").error());
            assertEquals(
                    "not_joined",
                    bob.send("{'id':1,'room':'" + room + "','content':'hi'}").error());
            assertEquals(
                    1,
                    ((Number) ann.send("{'type':'members','room':'" + room + "'}")
                                    .next("members")
                                    .get("count"))
                            .intValue());
            ann.send("{'type':'leave','room':'" + room + "'}").next("left");
            bob.send("{'type':'join','room':'" + room + "'}").next("joined");
        }
    }

    @Test
    void whoPublishesTooFastIsToldWhenToGoOn() throws Exception {
        try (ClosingClient ann = hello("ann");
                ClosingClient bob = hello("bob")) {
            ann.send("{'type':'join','room':'" + room + "'}").next("joined");
            bob.send("{'type':'join','room':'" + room + "'}").next("joined");
            limit(LimitKeys.PUBLISH_RATE, "1");
            limit(LimitKeys.REQUEST_RATE, "2");
            for (int i = 0; i < 8; i++) {
                ann.send("{'id':" + i + ",'key':'k" + i + "','room':'" + room + "','content':'hi'}");
            }
            Map<String, Object> error = ann.next("error");
            assertEquals("rate_limited", error.get("code"));
            assertTrue(((String) error.get("key")).startsWith("k"));
            int wait = ((Number) error.get("retryAfterMs")).intValue();
            assertTrue(wait > 0 && wait <= 1_001, error::toString);
            bob.send("{'id':1,'room':'" + room + "','content':'hi'}").next("ack");
            for (int i = 0; i < 15; i++) {
                bob.send("{'type':'signal','room':'" + room + "','name':'typing'}");
            }
            assertEquals("rate_limited", bob.error());
        }
    }

    @Test
    void frameAndContentHaveSoManyBytes() throws Exception {
        limit(LimitKeys.CONTENT_BYTES, "100B");
        limit(LimitKeys.FRAME_BYTES, "2KiB");
        try (ClosingClient ann = ClosingClient.open(server.at("ws"))) {
            Map<?, ?> told = (Map<?, ?>)
                    ann.send("{'type':'hello','user':'ann'}").next("welcome").get("limits");
            assertEquals(100, ((Number) told.get("contentBytes")).intValue());
            assertEquals(2_048, ((Number) told.get("frameBytes")).intValue());
            ann.send("{'type':'join','room':'" + room + "'}").next("joined");
            String message = "{'id':1,'room':'" + room + "','content':'%s'}";
            ann.send(message.formatted("x".repeat(100))).next("ack");
            assertEquals(
                    "too_large", ann.send(message.formatted("x".repeat(101))).error());
            ann.send(message.formatted("x".repeat(2_100)));
            assertEquals(1009, ann.closeCode());
        }
        limit(LimitKeys.FRAME_BYTES, "1MiB");
        limit(LimitKeys.CONTENT_BYTES, "900KiB");
        try (ClosingClient ann = hello("ann")) {
            ann.send("{'type':'join','room':'" + room + "'}").next("joined");
            ann.send("{'id':1,'room':'" + room + "','content':'" + "x".repeat(800_000) + "'}")
                    .next("ack");
        }
    }

    @Test
    void pagesOfTheListMayConnectAndNoOthers() throws IOException {
        URI ws = server.at("ws");
        assertEquals(101, Handshake.to(ws).origin(PAGE).status());
        assertEquals(403, Handshake.to(ws).origin("http://" + ws.getAuthority()).status());
    }

    private void limit(Key<?> key, String value) {
        changed.add(key);
        server.limit(key.name(), value);
    }

    private static ClosingClient hello(String user) throws InterruptedException {
        ClosingClient client = ClosingClient.open(server.at("ws"));
        client.send("{'type':'hello','user':'" + user + "'}").next("welcome");
        return client;
    }

    private static void awaitNoSessions() {
        ScrapedMetrics.await(server.uri(), PATIENCE_SECONDS, "roomcast_sessions", 0);
    }
}
