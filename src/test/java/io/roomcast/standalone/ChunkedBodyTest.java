package io.roomcast.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedBodyTest {
    private static final String NEXT = "GET / HTTP/1.1\r\n\r\n";
    private static final String LAST = "0\r\n\r\n";
    private static final String TINY = "1\r\ny\r\n";

    /** @param rest what was not read */
    private record Read(String data, String rest, boolean isDone, boolean isBroken) {}

    /** Reads it whole, and in parts of every length; each must give the same. */
    private static Read read(String sent) {
        Read whole = read(sent, sent.length());
        for (int part : new int[] {1, 2, 3, 7, 64}) {
            assertEquals(whole, read(sent, part), () -> "in parts of " + part);
        }
        return whole;
    }

    private static Read read(String sent, int part) {
        byte[] bytes = sent.getBytes(StandardCharsets.ISO_8859_1);
        ChunkedBody body = new ChunkedBody();
        ByteBuffer data = ByteBuffer.allocate(bytes.length);
        int read = 0;
        for (int start = 0; start < bytes.length; start += part) {
            ByteBuffer input = ByteBuffer.wrap(bytes, start, Math.min(part, bytes.length - start));
            body.read(input, data);
            read = input.position();
            if (input.hasRemaining()) {
                break;
            }
        }
        data.flip();
        return new Read(
                StandardCharsets.ISO_8859_1.decode(data).toString(),
                body.isBroken() ? "" : sent.substring(read),
                body.isDone(),
                body.isBroken());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "0|, ''",
                "5|hello|0|, hello",
                "0005|hello|00000000|, hello",
                "a|helloworld|0|, helloworld",
                "B|hello world|0|, hello world",
                "1|h|4|ello|0|, hello",
                "0|A: b|, ''",
                "1|x|0|A: b|c-D:|e:f:g|, x",
            })
    void ordinaryBodiesAreFine(String lines, String data) {
        String sent = lines.replace("|", "\r\n") + "\r\n";
        assertEquals(new Read(data.replace("'", ""), NEXT, true, false), read(sent + NEXT));
    }

    @Test
    void dataMayLookLikeChunks() {
        String data = "0\r\n\r\n" + NEXT;
        String sent = Integer.toHexString(data.length()) + "\r\n" + data + "\r\n" + LAST;
        assertEquals(new Read(data, NEXT, true, false), read(sent + NEXT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\nhello\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhelloXX0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
                "5\r\nhelloXX\r\n0\r\n\r\n",
                "5\r\nhello\rX0\r\n\r\n",
                "5\r\nhello\r\n\r\n0\r\n\r\n",
                "5\r\nhello\r\n0\n\n",
                "5\r\nhello\r\n0\r\n\n",
                "5\r\nhello\r\n0\r\r\n",
                "0\r\n\rX",
                " 5\r\nhello\r\n",
                "5 \r\nhello\r\n",
                "5\t\r\nhello\r\n",
                "5;x=y\r\nhello\r\n",
                "5;\r\nhello\r\n",
                "5\r\r\nhello\r\n",
                "\r\nhello\r\n",
                "+5\r\nhello\r\n",
                "-1\r\nhello\r\n",
                "0x5\r\nhello\r\n",
                "g\r\n",
                "\u00b2\r\n",
                "000000005\r\nhello\r\n",
                "0\r\nX y\r\n\r\n",
                "0\r\nX : y\r\n\r\n",
                "0\r\n: y\r\n\r\n",
                "0\r\n X: y\r\n\r\n",
                "0\r\nX: y\r\n folded\r\n\r\n",
                "0\r\nA: b\nC: d\r\n\r\n",
                "0\r\nA: b\rC: d\r\n\r\n",
                "0\r\nA: \u0000\r\n\r\n",
                "0\r\nA: b\r\n\n",
                "0\r\nGET / HTTP/1.1\r\n\r\n",
            })
    void whatProxiesReadOtherwiseIsBroken(String sent) {
        Read read = read(sent + NEXT);
        assertTrue(read.isBroken());
        assertFalse(read.isDone());
    }

    @Test
    void aBodyThatHasNotEndedIsNeitherDoneNorBroken() {
        String sent = "5\r\nhello\r\nffffffff\r\n" + "x".repeat(100);
        assertEquals(new Read("hello" + "x".repeat(100), "", false, false), read(sent));
        String all = "1\r\nx\r\n0\r\nA: b\r\n\r\n";
        IntStream.range(0, all.length()).forEach(length -> {
            Read read = read(all.substring(0, length));
            assertFalse(read.isDone() || read.isBroken(), () -> "after " + length);
        });
    }

    @Test
    void smallChunksAreLimited() {
        String most = TINY.repeat(ChunkedBody.MAX_SMALL_CHUNKS);
        assertTrue(read(most + LAST).isDone());
        assertTrue(read(most + TINY + LAST).isBroken());
        String data = "y".repeat(ChunkedBody.SMALL_BYTES);
        String large = Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
        assertTrue(read(most + large.repeat(2_000) + LAST).isDone());
    }

    @Test
    void trailersAreLimited() {
        // With the name, both ends of line and the empty line.
        int room = ChunkedBody.MAX_TRAILER_BYTES - "A:\r\n\r".length();
        assertTrue(read("0\r\nA:" + "x".repeat(room) + "\r\n\r\n").isDone());
        assertTrue(read("0\r\nA:" + "x".repeat(room + 1) + "\r\n\r\n").isBroken());
        assertTrue(read("0\r\n" + "A:\r\n".repeat(3_000) + "\r\n").isBroken());
    }
}
