package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
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
    private static final int COMPRESSED = 0x40;
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

    @Test
    void whatItSendsIsReadAndRefusedByItsHeader() throws Exception {
        byte[] ping = deflated("{\"type\":\"ping\",\"id\":1}");
        try (TestServer server = TestServer.open();
                RawWebSocket compressed = RawWebSocket.connect(server.webSocket("ws?user=ann"), "permessage-deflate")) {
            compressed.send(COMPRESSED | RawWebSocket.TEXT, false, Arrays.copyOf(ping, 5));
            compressed.send(RawWebSocket.CONTINUATION, true, Arrays.copyOfRange(ping, 5, ping.length));
            Inflater inflater = new Inflater(true);
            assertEquals(
                    "{\"type\":\"pong\",\"id\":1}",
                    inflated(inflater, compressed.read().payload()));
            inflater.end();
            compressed.header(0x80 | COMPRESSED | RawWebSocket.TEXT, 10_000_000);
            assertEquals(1009, compressed.awaitClose());
        }
    }

    private static byte[] deflated(String text) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
        byte[] bytes = new byte[1_000];
        int length = deflater.deflate(bytes, 0, bytes.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(bytes, length - TAIL.length);
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
