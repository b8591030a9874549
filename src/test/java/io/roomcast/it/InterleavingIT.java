package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.support.Frame;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import org.junit.jupiter.api.Test;

/**
 * What a container says by itself, pongs, comes between a room's messages and never inside one, however little the
 * network takes at a time.
 */
class InterleavingIT {
    private static final int SMALL_BUFFER = 4_096;
    /** More bytes in all than the network takes at once. */
    private static final int MESSAGES = 400;

    private static final String PADDING = "x".repeat(16_000);
    /** Messages on their way at a time. */
    private static final int WINDOW = 10;

    private static final int PINGS = MESSAGES / WINDOW;

    /** What has come so far. */
    private long offset;

    private int pong;

    @Test
    void aClientThatReadsLittleGetsWholeFramesOnly() {
        String room = TestServer.newRoom();
        try (TestServer server = TestServer.open();
                RawWebSocket slow = RawWebSocket.connect(server.room(room, "slow"), SMALL_BUFFER);
                RoomClient talker = RoomClient.enter(server, room, "talker")) {
            readUntilJoined(slow);
            // Where the test itself is slow, it does not read for long, and the room is behind.
            server.limit(LimitKeys.OUTBOUND_AGE, "1m");
            server.limit(LimitKeys.LAG, "0");
            for (int i = 1; i <= MESSAGES; i++) {
                talker.say("{'content':'" + PADDING + "'}");
                if (i > WINDOW) {
                    talker.next("message");
                }
                if (i % WINDOW == 0) {
                    slow.send(RawWebSocket.PING, true, new byte[] {(byte) (i / WINDOW)});
                }
            }
            while (offset < MESSAGES || pong < PINGS) {
                take(slow.read());
            }
        }
    }

    private static void readUntilJoined(RawWebSocket slow) {
        RawWebSocket.Received received;
        do {
            received = slow.read();
            assertNotNull(received, "the connection broke");
        } while (!received.text().contains("\"joined\""));
    }

    private void take(RawWebSocket.Received received) {
        assertNotNull(received, "the connection broke");
        if (received.opcode() == RawWebSocket.PONG) {
            assertEquals(1, received.payload().length);
            assertTrue(received.payload()[0] > pong, "pongs may be left out, but not change places");
            pong = received.payload()[0];
            return;
        }
        assertEquals(RawWebSocket.TEXT, received.opcode());
        received.text().lines().map(Frame::of).forEach(this::take);
    }

    private void take(Frame frame) {
        if (frame.is("message")) {
            assertEquals(++offset, frame.offset());
        } else if (frame.is("behind")) {
            assertEquals(offset + 1, frame.number("from"));
            offset = frame.number("offset");
        }
    }
}
