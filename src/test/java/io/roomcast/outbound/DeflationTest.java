package io.roomcast.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.RoomName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

/** What {@code roomcast.v1.deflate} puts on the wire. */
class DeflationTest {
    private static final int THRESHOLD = 512;

    private long offset;

    @Test
    void aBatchIsCompressedOnceForAll() throws DataFormatException {
        EncodedFrame batch = message("{\"content\":\"hello, hello, hello\"}\n".repeat(100));
        EncodedFrame sent = batch.deflated(THRESHOLD);
        assertTrue(sent.isBinary());
        assertSame(sent, batch.deflated(THRESHOLD));
        assertEquals(batch.text(), inflated(sent));
        assertTrue(sent.bytes() < batch.bytes() / 10, sent.bytes() + " of " + batch.bytes());
        assertEquals(0x82, sent.webSocketFrame()[0] & 0xff);
    }

    @Test
    void whatIsSmallOrUrgentGoesAsItIs() {
        EncodedFrame small = message("x".repeat(THRESHOLD - 1));
        assertSame(small, small.deflated(THRESHOLD));
        for (FrameKind urgent : List.of(FrameKind.REPLY, FrameKind.PRESENCE, FrameKind.SIGNAL)) {
            EncodedFrame frame = EncodedFrame.of(urgent, "x".repeat(10_000));
            assertSame(frame, frame.deflated(THRESHOLD));
        }
        EncodedFrame joined = EncodedFrame.joined(List.of(small, small));
        assertFalse(joined.deflated(THRESHOLD).isBinary());
    }

    @Test
    void partsOfAnyKindAndSizeJoinToTheSameText() throws DataFormatException {
        Random random = new Random(7);
        for (int run = 0; run < 200; run++) {
            List<EncodedFrame> parts = random.ints(1 + random.nextInt(5), 0, 100_000)
                    .mapToObj(length -> part(random, length))
                    .toList();
            EncodedFrame joined = EncodedFrame.joined(parts);
            EncodedFrame sent = joined.deflated(THRESHOLD);
            assertEquals(joined.text(), sent.isBinary() ? inflated(sent) : sent.text(), "run " + run);
        }
    }

    private EncodedFrame part(Random random, int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(random.nextBoolean() ? "the same again " : Long.toHexString(random.nextLong()));
        }
        return random.nextInt(3) == 0 ? EncodedFrame.of(FrameKind.REPLY, text.toString()) : message(text.toString());
    }

    private EncodedFrame message(String text) {
        offset++;
        return EncodedFrame.of(
                new MessageRange(new RoomName("red"), "e1", offset, offset), text.getBytes(StandardCharsets.UTF_8));
    }

    private static String inflated(EncodedFrame frame) throws DataFormatException {
        Inflater inflater = new Inflater(true);
        inflater.setInput(frame.payload());
        byte[] text = new byte[1 << 20];
        int length = inflater.inflate(text);
        assertTrue(inflater.finished(), "it has an end");
        assertEquals(0, inflater.getRemaining());
        inflater.end();
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }
}
