package io.roomcast.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Takes WebSocket frames apart, and makes those of a client.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-5.2">RFC 6455, 5.2</a>
 */
final class FrameReader {
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int CONTINUATION = 0;
    private static final int FIN = 0x80;

    interface Sink {
        /** A whole message, or a control frame. */
        void frame(int opcode, byte[] bytes, int from, int to);
    }

    private final ByteArrayOutputStream fragments = new ByteArrayOutputStream(0);
    private int fragmented;

    /** @return where the first frame begins that is not whole yet */
    int read(byte[] bytes, int begin, int end, Sink sink) {
        int at = begin;
        while (end - at >= 2) {
            int opcode = bytes[at] & 15;
            boolean last = (bytes[at] & FIN) != 0;
            long length = bytes[at + 1] & 127;
            int head = length < 126 ? 2 : length == 126 ? 4 : 10;
            if (end - at < head) {
                break;
            }
            if (length >= 126) {
                length = 0;
                for (int i = 2; i < head; i++) {
                    length = length << 8 | bytes[at + i] & 255;
                }
            }
            if (end - at - head < length) {
                break;
            }
            int from = at + head;
            at = from + (int) length;
            take(opcode, last, bytes, from, at, sink);
        }
        return at;
    }

    private void take(int opcode, boolean last, byte[] bytes, int from, int to, Sink sink) {
        if (opcode >= CLOSE || last && opcode != CONTINUATION) {
            sink.frame(opcode, bytes, from, to);
            return;
        }
        fragmented = opcode == CONTINUATION ? fragmented : opcode;
        fragments.write(bytes, from, to - from);
        if (last) {
            byte[] whole = fragments.toByteArray();
            fragments.reset();
            sink.frame(fragmented, whole, 0, whole.length);
        }
    }

    static ByteBuffer masked(int opcode, byte[] payload) {
        int length = payload.length;
        ByteBuffer frame = ByteBuffer.allocate(length + 14);
        frame.put((byte) (FIN | opcode));
        if (length < 126) {
            frame.put((byte) (FIN | length));
        } else if (length < 65_536) {
            frame.put((byte) (FIN | 126)).putShort((short) length);
        } else {
            frame.put((byte) (FIN | 127)).putLong(length);
        }
        int mask = ThreadLocalRandom.current().nextInt();
        frame.putInt(mask);
        for (int i = 0; i < length; i++) {
            frame.put((byte) (payload[i] ^ mask >>> (24 - (i & 3) * 8)));
        }
        return frame.flip();
    }
}
