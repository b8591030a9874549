package io.roomcast.it.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Handshake;
import io.roomcast.support.RoomClient;
import java.net.URI;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Without {@code roomcast.auth} nobody enters but from this machine. */
class ClosedByDefaultIT {
    @AutoClose
    private static EmbeddedServer server;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start();
    }

    @Test
    void whoArrivesAtALoopbackAddressEnters() throws Exception {
        for (String host : new String[] {"127.0.0.1", "localhost"}) {
            try (RoomClient ann = RoomClient.connect(URI.create("ws://" + host + ":" + server.port() + "/ws"))) {
                assertEquals(
                        "ann",
                        ann.say("{'type':'hello','user':'ann'}").next("welcome").string("user"));
            }
        }
    }

    @Test
    void whoComesThroughAProxyOnThisMachineDoesNot() throws Exception {
        Frame error = Handshake.to(server.uri().resolve("ws"))
                .header("Host", "chat.example")
                .header("Roomcast-Client-Origin", "127.0.0.1 127.0.0.1")
                .firstFrame();
        assertEquals("unauthenticated", error.string("code"));
        assertTrue(error.string("text").contains("roomcast.auth"));
    }
}
