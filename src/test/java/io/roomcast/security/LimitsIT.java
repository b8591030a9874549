package io.roomcast.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitsIT {

    @Test
    void aFullNodeSaysSoAtTheHandshake() throws Exception {
        try (EmbeddedServer server = EmbeddedServer.start(Map.of("roomcast.limits.sessions", "2"))) {
            URI ws = server.uri().resolve("ws");
            try (Client ann = hello(ws, "ann");
                    Client bob = hello(ws, "bob")) {
                assertEquals(503, Handshake.to(ws).status());
                bob.send("{'type':'ping'}").next("pong");
                ann.send("{'type':'ping'}").next("pong");
            }
        }
    }

    @Test
    void sessionsOfOneAddressAreCounted() throws Exception {
        try (EmbeddedServer server = EmbeddedServer.start(Map.of("roomcast.limits.address-sessions", "1"))) {
            refusesTheSecond(server.uri().resolve("ws"), server.uri().resolve("ws"));
        }
    }

    @Test
    void sessionsOfOneUserAreCountedAndOthersAreNotTouched() throws Exception {
        try (EmbeddedServer server = EmbeddedServer.start(Map.of("roomcast.limits.user-sessions", "1"))) {
            URI ann = server.uri().resolve("ws/lobby/ann");
            refusesTheSecond(ann, ann);
            try (Client guest = Client.open(server.uri().resolve("ws"));
                    Client first = Client.open(ann)) {
                first.next("joined");
                assertEquals("busy", guest.send("{'type':'hello','user':'ann'}").error());
            }
        }
    }

    /** And takes another as soon as the first has gone: nothing is counted for ever. */
    private static void refusesTheSecond(URI first, URI second) throws Exception {
        try (Client one = Client.open(first)) {
            one.send("{'type':'ping'}").next("pong");
            try (Client two = Client.open(second)) {
                Map<String, Object> error = two.next("error");
                assertEquals("busy", error.get("code"));
                assertTrue(((Number) error.get("retryAfterMs")).intValue() > 0);
                assertEquals(1013, two.closeCode());
            }
            one.leave();
        }
        try (Client again = Client.open(second)) {
            again.send("{'type':'ping'}").next("pong");
        }
    }

    @Test
    void aRoomHasSoManyUsers() throws Exception {
        Map<String, String> settings = Map.of("roomcast.limits.room-users", "1", "roomcast.presence.grace", "0");
        try (EmbeddedServer server = EmbeddedServer.start(settings);
                Client ann = hello(server.uri().resolve("ws"), "ann");
                Client bob = hello(server.uri().resolve("ws"), "bob")) {
            ann.send("{'type':'join','room':'lobby'}").next("joined");
            assertEquals("room_full", bob.send("{'type':'join','room':'lobby'}").error());
            assertEquals(
                    "not_joined",
                    bob.send("{'id':1,'room':'lobby','content':'hi'}").error());
            assertEquals(
                    1,
                    ((Number) ann.send("{'type':'members','room':'lobby'}")
                                    .next("members")
                                    .get("count"))
                            .intValue());
            ann.send("{'type':'leave','room':'lobby'}").next("left");
            bob.send("{'type':'join','room':'lobby'}").next("joined");
        }
    }

    @Test
    void whoPublishesTooFastIsToldWhenToGoOn() throws Exception {
        Map<String, String> settings = Map.of("roomcast.limits.publish-rate", "1", "roomcast.limits.request-rate", "2");
        try (EmbeddedServer server = EmbeddedServer.start(settings);
                Client ann = hello(server.uri().resolve("ws"), "ann");
                Client bob = hello(server.uri().resolve("ws"), "bob")) {
            ann.send("{'type':'join','room':'lobby'}").next("joined");
            bob.send("{'type':'join','room':'lobby'}").next("joined");
            for (int i = 0; i < 8; i++) {
                ann.send("{'id':" + i + ",'key':'k" + i + "','room':'lobby','content':'hi'}");
            }
            Map<String, Object> error = ann.next("error");
            assertEquals("rate_limited", error.get("code"));
            assertTrue(((String) error.get("key")).startsWith("k"));
            int wait = ((Number) error.get("retryAfterMs")).intValue();
            assertTrue(wait > 0 && wait <= 1_001, error::toString);
            bob.send("{'id':1,'room':'lobby','content':'hi'}").next("ack");
            for (int i = 0; i < 15; i++) {
                bob.send("{'type':'signal','room':'lobby','name':'typing'}");
            }
            assertEquals("rate_limited", bob.error());
        }
    }

    private static Client hello(URI ws, String user) throws InterruptedException, IOException {
        Client client = Client.open(ws);
        client.send("{'type':'hello','user':'" + user + "'}").next("welcome");
        return client;
    }
}
