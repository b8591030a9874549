package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.roomcast.support.Frame;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Connections that have been open for a while: on Payara and the embedded server these no longer go through HTTP. Other
 * tests are done with theirs before that.
 */
class LongLivedIT {
    private static final String PADDING = "x".repeat(15_000);
    private static final int MESSAGES = 200;

    /** Longer than a server takes to lead a connection out of HTTP; from outside nothing tells of that. */
    private static final int A_WHILE_SECONDS = 4;

    private final String room = TestServer.newRoom();

    @Test
    void doAsTheyDidWhenTheyWereNew() throws InterruptedException {
        try (TestServer server = TestServer.open();
                RawWebSocket raw = RawWebSocket.connect(server.room(room, "raw"));
                RawWebSocket leaver = RawWebSocket.connect(server.room(room, "leaver"));
                RawWebSocket broken = RawWebSocket.connect(server.room(room, "broken"));
                RoomClient other = RoomClient.enter(server, room, "other")) {
            for (RawWebSocket member : List.of(raw, leaver, broken)) {
                awaitJoined(member);
            }
            // A frame whose other half comes when the connection has changed its ways.
            byte[] early = "{\"type\":\"publish\",\"content\":\"early\"}".getBytes(StandardCharsets.UTF_8);
            raw.send(RawWebSocket.TEXT, false, Arrays.copyOf(early, 20));
            TimeUnit.SECONDS.sleep(A_WHILE_SECONDS);
            raw.send(RawWebSocket.CONTINUATION, true, Arrays.copyOfRange(early, 20, early.length));
            assertEquals("early", other.next("message").content());

            raw.send(RawWebSocket.PING, true, new byte[] {7});
            assertArrayEquals(new byte[] {7}, await(raw, RawWebSocket.PONG).payload());
            otherHearsAll(raw, other, List.of(leaver, broken));
            hearsAll(raw);

            // One that has nothing to read any more: what it sends after its close, such as a pong, would cut off what
            // is still under way to it.
            hearsAll(leaver);
            broken.showLife();
            leaver.send(RawWebSocket.CLOSE, true, new byte[] {3, (byte) 232});
            assertEquals(1000, leaver.awaitClose());
            raw.showLife();
            other.next(frame -> "leaver has left the room".equals(frame.content()), "the leave");
            raw.showLife();
            broken.cut();
            other.next(frame -> "broken has left the room".equals(frame.content()), "the leave of the broken one");

            raw.send(RawWebSocket.TEXT, true, "x".repeat(200_000).getBytes(StandardCharsets.UTF_8));
            assertEquals(1009, raw.awaitClose());
        }
    }

    private static void otherHearsAll(RawWebSocket raw, RoomClient other, List<RawWebSocket> readLater) {
        for (int i = 1; i <= MESSAGES; i++) {
            if (i % 20 == 0) {
                readLater.forEach(RawWebSocket::showLife);
            }
            raw.text("{\"type\":\"publish\",\"content\":\"" + i + PADDING + "\"}");
            assertEquals(i + PADDING, other.next("message").content());
        }
    }

    private static void hearsAll(RawWebSocket raw) {
        int heard = 0;
        while (heard < MESSAGES) {
            String text = await(raw, RawWebSocket.TEXT).text();
            for (String line : text.lines().toList()) {
                Frame frame = Frame.of(line);
                if (frame.is("message") && !"early".equals(frame.content())) {
                    heard++;
                    assertEquals(heard + PADDING, frame.content());
                }
            }
        }
    }

    /** Nothing but presence comes with the answer. */
    private static void awaitJoined(RawWebSocket member) {
        String text;
        do {
            text = await(member, RawWebSocket.TEXT).text();
        } while (!text.contains("\"type\":\"joined\""));
    }

    private static RawWebSocket.Received await(RawWebSocket raw, int opcode) {
        RawWebSocket.Received received;
        do {
            received = raw.read();
            assertNotNull(received, "the connection broke");
        } while (received.opcode() != opcode);
        return received;
    }
}
