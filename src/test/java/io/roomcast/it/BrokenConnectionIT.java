package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Connections that break at the worst of moments, right after the handshake, or that nobody tells the server of. */
class BrokenConnectionIT {
    private static final int CONNECTIONS = 400;

    @Test
    void leaveNothingBehind() {
        try (TestServer server = TestServer.open(Map.of("roomcast.heartbeat", "1s"))) {
            List<URI> endpoints = List.of(server.webSocket("ws?user=mallory"), server.room("lobby", "mallory"));
            for (int i = 0; i < CONNECTIONS; i++) {
                RawWebSocket.connect(endpoints.get(i % 2)).cut();
            }
            server.awaitNobody();
        }
    }

    @Test
    void oneThatFallsSilentIsTakenForDead() {
        String room = TestServer.newRoom();
        try (TestServer server = TestServer.open(Map.of("roomcast.heartbeat", "1s"));
                RoomClient other = RoomClient.enter(server, room, "other");
                RawWebSocket silent = RawWebSocket.connect(server.room(room, "silent"))) {
            assertEquals(4003, silent.awaitCloseInSilence());
            other.next(frame -> "silent has left the room".equals(frame.content()), "the leave");
        }
    }
}
