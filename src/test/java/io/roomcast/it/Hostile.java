package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Frame;
import io.roomcast.support.RawWebSocket;
import java.net.URI;

/** Sends one {@link BadInput} on a connection of its own, and checks what becomes of it. */
final class Hostile {
    private Hostile() {}

    /** @param address with or without the room, which is joined either way */
    static void send(URI address, String room, BadInput input) {
        try (RawWebSocket raw = RawWebSocket.connect(address)) {
            raw.text("{\"type\":\"join\",\"room\":\"" + room + "\",\"id\":1}");
            frame(raw, "joined");
            input.sending().accept(raw, room);
            if (input.stays()) {
                Frame error = frame(raw, "error");
                assertEquals(input.errorCode(), error.string("code"), error.text());
                assertTrue(error.string("text").length() < 500, "an answer need not be long");
                raw.text("{\"type\":\"ping\",\"id\":1}");
                frame(raw, "pong");
            } else if (!input.isCut()) {
                int code = raw.awaitClose();
                assertTrue(input.closeCodes().contains(code), "closed with " + code);
            }
        }
    }

    private static Frame frame(RawWebSocket raw, String type) {
        while (true) {
            RawWebSocket.Received received = raw.read();
            assertNotNull(received, "the connection broke before " + type);
            assertEquals(RawWebSocket.TEXT, received.opcode(), () -> "closed with " + received.closeCode());
            for (String line : received.text().split("\n", -1)) {
                Frame frame = Frame.of(line);
                if (frame.is(type)) {
                    return frame;
                }
            }
        }
    }
}
