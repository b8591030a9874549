package io.roomcast.it.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.ClosingClient;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Handshake;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Without {@code roomcast.auth} nobody enters but from this machine. */
class ClosedByDefaultIT {
    private static EmbeddedServer server;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whoArrivesAtALoopbackAddressEnters() throws Exception {
        for (String host : new String[] {"127.0.0.1", "localhost"}) {
            try (ClosingClient ann = ClosingClient.open(URI.create("ws://" + host + ":" + server.port() + "/ws"))) {
                assertEquals(
                        "ann",
                        ann.send("{'type':'hello','user':'ann'}")
                                .next("welcome")
                                .get("user"));
            }
        }
    }

    @Test
    void whoComesThroughAProxyOnThisMachineDoesNot() throws Exception {
        Map<String, Object> error = Handshake.to(server.uri().resolve("ws"))
                .header("Host", "chat.example")
                .header("Roomcast-Arrival", "127.0.0.1 127.0.0.1")
                .firstFrame();
        assertEquals("unauthenticated", error.get("code"));
        assertTrue(String.valueOf(error.get("text")).contains("roomcast.auth"));
    }
}
