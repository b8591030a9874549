package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.support.Frame;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that ask for {@code roomcast.v1.deflate}, beside those that do not. */
class DeflateIT {
    private static final String V1_DEFLATE = "roomcast.v1.deflate";
    private static final int MESSAGES = 500;

    @AutoClose
    private static TestServer server;

    private final String room = TestServer.newRoom();

    @BeforeAll
    static void open() {
        server = TestServer.open();
        // What a slow machine delivers late is not refused here.
        server.limit(LimitKeys.LAG, "0");
    }

    @Test
    void everyMessageArrivesOnceAndInOrderInFewerBytes() {
        try (Inflating inflating = new Inflating();
                RoomClient plain = RoomClient.enter(server, room, "plain")) {
            inflating.open(server.room(room, "inflating"), V1_DEFLATE);
            assertEquals(V1_DEFLATE, inflating.subprotocol());
            inflating.next("joined");
            for (int i = 1; i <= MESSAGES; i++) {
                plain.say("{'content':'" + i + " " + "a sentence that is said again. ".repeat(30) + "'}");
            }
            for (int i = 1; i <= MESSAGES; i++) {
                Frame message = inflating.next("message");
                assertEquals(i, message.offset());
                assertEquals(plain.next("message").content(), message.content());
            }
            assertTrue(inflating.binaries.get() > 0);
            assertTrue(
                    inflating.compressed.get() * 5 < inflating.inflated.get(),
                    inflating.compressed + " bytes for " + inflating.inflated);
        }
    }

    @Test
    void whatIsSmallOrUrgentComesAsText() {
        try (Inflating inflating = new Inflating()) {
            inflating.open(server.room(room, "inflating"), V1_DEFLATE);
            inflating.say("{'id':1,'content':'short'}");
            assertEquals("short", inflating.next("message").content());
            inflating.say("{'type':'ping','id':2}");
            inflating.next("pong");
            assertEquals(0, inflating.binaries.get());
        }
    }

    @Test
    void compressedTextFromAClientIsRefused() {
        try (RawWebSocket raw = RawWebSocket.connect(server.room(room, "ann"))) {
            raw.send(RawWebSocket.BINARY, true, new byte[] {0x03, 0x00});
            RawWebSocket.Received answer = raw.read();
            while (!answer.text().contains("bad_request")) {
                assertEquals(RawWebSocket.TEXT, answer.opcode());
                answer = raw.read();
            }
        }
    }

    /** Inflates what comes as binary frames. */
    private static final class Inflating extends RoomClient {
        private final AtomicInteger binaries = new AtomicInteger();
        private final AtomicLong compressed = new AtomicLong();
        private final AtomicLong inflated = new AtomicLong();

        @Override
        protected void received(byte[] message) {
            binaries.incrementAndGet();
            compressed.addAndGet(message.length);
            received(inflate(message));
        }

        private String inflate(byte[] whole) {
            Inflater inflater = new Inflater(true);
            try {
                inflater.setInput(whole);
                ByteArrayOutputStream text = new ByteArrayOutputStream();
                byte[] buffer = new byte[8_192];
                while (!inflater.finished()) {
                    int length = inflater.inflate(buffer);
                    if (length == 0 && inflater.needsInput()) {
                        throw new AssertionError("it has no end");
                    }
                    text.write(buffer, 0, length);
                }
                inflated.addAndGet(text.size());
                return text.toString(StandardCharsets.UTF_8);
            } catch (DataFormatException e) {
                throw new AssertionError(e);
            } finally {
                inflater.end();
            }
        }
    }
}
