package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * permessage-deflate (RFC 7692), which is WildFly's own and on where its administrator says so: then Roomcast writes
 * nothing past it.
 */
@Tag("server")
@Tag("wildfly")
class ServersDeflateIT {
    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
    private static final int MESSAGES = 100;

    @Test
    void whoAsksForItGetsEachMessageInFewerBytes() throws Exception {
        String room = TestServer.newRoom();
        String content = "a sentence that is said again. ".repeat(10);
        Inflater inflater = new Inflater(true);
        try (TestServer server = TestServer.open();
                RawWebSocket compressed = RawWebSocket.connect(server.room(room, "ann"), "permessage-deflate");
                RoomClient plain = RoomClient.enter(server, room, "bob")) {
            for (int i = 1; i <= MESSAGES; i++) {
                plain.say("{'content':'" + i + " " + content + "'}");
                plain.next("message");
            }
            StringBuilder said = new StringBuilder();
            int bytes = 0;
            while (!said.toString().contains(":\"" + MESSAGES + " ")) {
                RawWebSocket.Received frame = compressed.read();
                assertEquals(RawWebSocket.TEXT, frame.opcode());
                bytes += frame.payload().length;
                said.append(inflated(inflater, frame.payload()));
            }
            for (int i = 1; i <= MESSAGES; i++) {
                assertTrue(said.toString().contains(":\"" + i + " " + content), "message " + i);
            }
            assertTrue(bytes * 3 < said.length(), bytes + " bytes for " + said.length());
        } finally {
            inflater.end();
        }
    }

    private static String inflated(Inflater inflater, byte[] payload) throws DataFormatException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        byte[] part = new byte[4096];
        for (byte[] input : new byte[][] {payload, TAIL}) {
            inflater.setInput(input);
            for (int length = inflater.inflate(part); length > 0; length = inflater.inflate(part)) {
                text.write(part, 0, length);
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
