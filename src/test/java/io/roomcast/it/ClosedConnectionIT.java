package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.Patience;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * After its Close frame a connection ends on TCP, too, whoever said so first and however long the client keeps its side open: each would hold a file, and
 * count nowhere.
 */
class ClosedConnectionIT {
    private static final int NORMAL = 1000;
    private static final int POLICY = 1008;
    private static final int TOO_LARGE = 1009;
    private static final long END_SECONDS = 20;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.open();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whereTheNodeCloses() {
        try (RawWebSocket client = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
            client.header(0x81, 10_000_000);
            client.write(new byte[100_000]);
            ends(client, TOO_LARGE);
        }
    }

    @Test
    void whereItNeverBecomesASession() {
        try (RawWebSocket client = RawWebSocket.connect(server.webSocket("ws?user=ann&token=x"))) {
            ends(client, POLICY);
        }
    }

    @Test
    void whereTheClientCloses() {
        try (RawWebSocket client = RawWebSocket.connect(server.room(TestServer.newRoom(), "ann"))) {
            client.send(RawWebSocket.CLOSE, true, new byte[] {NORMAL >> 8, (byte) NORMAL});
            ends(client, NORMAL);
        }
    }

    private static void ends(RawWebSocket client, int code) {
        assertEquals(code, client.awaitClose());
        assertTrue(client.endsWithGoodbye());
        Patience.await("the end of the connection", END_SECONDS, client::isCut);
    }
}
