package io.roomcast.it.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.CapturedLog;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Http;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that go away in the middle of a request leave no trace in the log of the embedded server. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DroppedRequestsIT {
    private static final String POLL = "{\"rooms\":{\"lobby\":null},\"waitMs\":20000}";
    private static final String CHUNK = "40\r\n" + "x".repeat(64) + "\r\n";

    @Test
    void droppedRequestsAndAStopLeaveNoTrace() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (CapturedLog log = CapturedLog.of("")) {
            try (EmbeddedServer node = EmbeddedServer.start(Map.of())) {
                for (int i = 0; i < 300; i++) {
                    send(node.uri(), "poll", "Content-Length: " + POLL.length() + "\r\n\r\n" + POLL)
                            .close();
                    // A part of a body, and nothing after it.
                    send(node.uri(), "send", "Transfer-Encoding: chunked\r\n\r\n" + CHUNK.repeat(i))
                            .close();
                }
                assertTrue(tooLarge(node.uri()).startsWith("HTTP/1.1 413 "));
                for (int i = 0; i < 100; i++) {
                    waiting.add(send(node.uri(), "poll", "Content-Length: " + POLL.length() + "\r\n\r\n" + POLL));
                }
                assertEquals(
                        200,
                        new Http(node.uri(), null)
                                .sendPlain("GET", "/health/ready", null)
                                .statusCode());
            }
            assertFalse(log.hasTraces());
        } finally {
            for (Socket each : waiting) {
                each.close();
            }
        }
    }

    /** The client sends on while it is refused, and reads the answer nevertheless. */
    private static String tooLarge(URI node) throws IOException {
        try (Socket socket = send(node, "send", "Transfer-Encoding: chunked\r\n\r\n" + CHUNK.repeat(2_000))) {
            byte[] head = socket.getInputStream().readNBytes(20);
            return new String(head, StandardCharsets.US_ASCII);
        }
    }

    private static Socket send(URI node, String address, String rest) throws IOException {
        Socket socket = new Socket(node.getHost(), node.getPort());
        String head = "POST /http/" + address + "?user=ann HTTP/1.1\r\nHost: " + node.getAuthority() + "\r\n";
        socket.getOutputStream().write((head + rest).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
