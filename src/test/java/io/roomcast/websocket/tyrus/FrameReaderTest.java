package io.roomcast.websocket.tyrus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sends comes out as whole frames, however it was cut on its way, and what is no frame is refused by its header. */
class FrameReaderTest {
    private static final int LIMIT = 5_000;
    private static final int TEXT = 0x1;
    private static final int CONTINUATION = 0x0;

    private final Recorded recorded = new Recorded();
    private final FrameReader reader = new FrameReader(() -> LIMIT, recorded);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100, 100_000})
    void handsOnWhatCameInHoweverItIsCut(int piece) {
        Random random = new Random(piece);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String text = "x".repeat(random.nextInt(LIMIT - 3)) + "é" + i;
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int cut = random.nextInt(bytes.length);
            sent.writeBytes(Frames.frame(TEXT, false, bytes, 0, cut));
            sent.writeBytes(Frames.frame(0x9, true, ("ping" + i).getBytes(StandardCharsets.UTF_8)));
            sent.writeBytes(Frames.frame(CONTINUATION, true, bytes, cut, bytes.length));
            expected.add("ping ping" + i);
            expected.add("message " + text);
        }
        sent.writeBytes(Frames.frame(0x8, true, new byte[] {3, (byte) 0xe8}));
        expected.add("close 1000");
        byte[] all = sent.toByteArray();
        for (int from = 0; from < all.length; from += piece) {
            reader.read(ByteBuffer.wrap(all, from, Math.min(piece, all.length - from)));
        }
        assertEquals(expected, recorded.events);
    }

    @Test
    void handsOnALargeFrameInSmallParts() {
        reader.read(ByteBuffer.wrap(Frames.frame(TEXT, true, new byte[LIMIT])));
        assertTrue(recorded.largest < 2_100, "the largest part has " + recorded.largest + " bytes");
        assertEquals(1, recorded.events.size());
    }

    @Test
    void handsOnThatAMessageHasBegunWhenOnlyItsHeaderCame() {
        reader.read(ByteBuffer.wrap(Frames.header(0x80 | TEXT, LIMIT)));
        assertEquals(1, recorded.parts);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7})
    void handsOnThatAMessageHasBegunWhenABitOfItsHeaderCame(int bytes) {
        byte[] header = Frames.header(0x80 | TEXT, LIMIT);
        reader.read(ByteBuffer.wrap(header, 0, bytes));
        assertEquals(1, recorded.parts);
        assertEquals(List.of(), recorded.events);
    }

    @Test
    void handsOnNoMessageWhenABitOfAnotherHeaderCame() {
        reader.read(ByteBuffer.wrap(Frames.header(0x80 | 0x9, 5), 0, 1));
        assertEquals(0, recorded.parts);
    }

    @Test
    void refusesALargeMessageByItsHeader() {
        reader.read(ByteBuffer.wrap(Frames.header(0x80 | TEXT, LIMIT + 1)));
        assertEquals(List.of("too large"), recorded.events);
        assertEquals(0, recorded.parts);
    }

    @Test
    void refusesALargeMessageByTheHeaderOfItsLastFragment() {
        reader.read(ByteBuffer.wrap(Frames.frame(TEXT, false, new byte[LIMIT])));
        reader.read(ByteBuffer.wrap(Frames.header(CONTINUATION, Long.MAX_VALUE)));
        assertEquals(List.of("too large"), recorded.events);
    }

    @Test
    void readsOnToTheCloseBehindAMessageThatWasRefused() {
        reader.read(ByteBuffer.wrap(Frames.frame(TEXT, true, new byte[LIMIT * 3])));
        reader.read(ByteBuffer.wrap(Frames.frame(0x8, true, new byte[] {3, (byte) 0xe8})));
        assertEquals(List.of("too large", "close 1000"), recorded.events);
    }

    @Test
    void handsOnNothingThatFollowsTheClose() {
        reader.read(ByteBuffer.wrap(Frames.frame(0x8, true, new byte[] {3, (byte) 0xe8})));
        reader.read(ByteBuffer.wrap(Frames.frame(TEXT, true, new byte[5])));
        assertEquals(List.of("close 1000"), recorded.events);
    }

    @Test
    void handsOnNoFragmentsWithNothingInThem() {
        reader.read(ByteBuffer.wrap(Frames.frame(TEXT, false, new byte[0])));
        for (int i = 0; i < 1_000; i++) {
            reader.read(ByteBuffer.wrap(Frames.frame(CONTINUATION, false, new byte[0])));
        }
        assertEquals(1, recorded.parts);
        reader.read(ByteBuffer.wrap(Frames.frame(CONTINUATION, true, new byte[0])));
        assertEquals(List.of("message "), recorded.events);
    }

    /** First bytes of a frame, in hexadecimal. */
    @ParameterizedTest
    @CsvSource({
        "8105, without mask",
        "c185, reserved",
        "a185, reserved",
        "9185, reserved",
        "8385, opcode",
        "8b80, opcode",
        "8f80, opcode",
        "0980, fragments",
        "89fe0080, more than 125",
        "8085, continuation of nothing",
        "0180000000008180, inside another",
        "81fe007d, more bytes than it needs",
        "81ff000000000000ffff, more bytes than it needs",
        "81ffffffffffffffffff, more than 63 bits"
    })
    void refusesWhatIsNoFrame(String sent, String why) {
        reader.read(ByteBuffer.wrap(Frames.hex(sent)));
        assertEquals(1, recorded.events.size());
        assertTrue(recorded.events.get(0).startsWith("violation"), recorded.events.get(0));
        assertTrue(recorded.events.get(0).contains(why), recorded.events.get(0));
        reader.read(ByteBuffer.wrap(Frames.frame(TEXT, true, new byte[5])));
        assertEquals(1, recorded.events.size());
    }

    /** Puts messages together again. */
    private static final class Recorded implements FrameReader.Handler {
        final List<String> events = new ArrayList<>();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        int parts;
        int largest;

        @Override
        public void onData(ByteBuffer frame) {
            largest = Math.max(largest, frame.remaining());
            int first = frame.get() & 0xff;
            assertEquals(parts == 0 ? TEXT : CONTINUATION, first & 0x0f);
            int length = frame.get() & 0xff;
            byte[] payload = new byte[length == 126 ? frame.getShort() & 0xffff : length];
            frame.get(payload);
            assertEquals(0, frame.remaining());
            message.writeBytes(payload);
            parts++;
            if ((first & 0x80) != 0) {
                events.add("message " + message.toString(StandardCharsets.UTF_8));
                message.reset();
                parts = 0;
            }
        }

        @Override
        public void onPing(byte[] payload) {
            events.add("ping " + new String(payload, StandardCharsets.UTF_8));
        }

        @Override
        public void onPong() {
            events.add("pong");
        }

        @Override
        public void onClose(byte[] payload) {
            events.add("close " + ((payload[0] & 0xff) << 8 | payload[1] & 0xff));
        }

        @Override
        public void onTooLarge() {
            events.add("too large");
        }

        @Override
        public void onViolation(String reason) {
            events.add("violation: " + reason);
        }
    }

    /** Frames as a client makes them. */
    private static final class Frames {
        private static final byte[] MASK = {0x12, (byte) 0x94, 0x56, (byte) 0xf8};

        static byte[] hex(String text) {
            return HexFormat.of().parseHex(text);
        }

        static byte[] header(int first, long length) {
            ByteBuffer header = ByteBuffer.allocate(14).put((byte) first);
            if (length < 126) {
                header.put((byte) (0x80 | length));
            } else if (length < 1 << 16) {
                header.put((byte) 0xfe).putShort((short) length);
            } else {
                header.put((byte) 0xff).putLong(length);
            }
            header.put(MASK).flip();
            byte[] bytes = new byte[header.remaining()];
            header.get(bytes);
            return bytes;
        }

        static byte[] frame(int opcode, boolean last, byte[] payload) {
            return frame(opcode, last, payload, 0, payload.length);
        }

        static byte[] frame(int opcode, boolean last, byte[] payload, int from, int to) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.writeBytes(header(opcode | (last ? 0x80 : 0), to - from));
            for (int i = from; i < to; i++) {
                frame.write(payload[i] ^ MASK[(i - from) % MASK.length]);
            }
            return frame.toByteArray();
        }
    }
}
