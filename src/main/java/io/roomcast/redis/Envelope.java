package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.outbound.FrameKind;
import java.util.Arrays;

/**
 * What travels through a channel. The first byte is the version, the second says what follows:
 *
 * <pre>
 * 1M EPOCH OFFSET BODY    a message, as publish.lua writes it (without the first blank)
 * 1S FRAME                a signal, 1P a presence frame (without the blank)
 * 1N                      a word of a node to itself, so that its channel is not silent
 * </pre>
 *
 * A node that meets a version which it does not know reads the room's log instead, whose form does not change: so nodes of different
 * versions serve one room.
 */
sealed interface Envelope {
    char VERSION = '1';

    /** Shared with the listener: nobody may write to {@code body}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Message(String epoch, long offset, byte[] body) implements Envelope {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Signal(FrameKind kind, byte[] frame) implements Envelope {}

    record Word() implements Envelope {}

    /** Something that a newer node understands. */
    record Foreign() implements Envelope {}

    static byte[] signal(FrameKind kind, byte[] frame) {
        return withHead(kind == FrameKind.PRESENCE ? 'P' : 'S', frame);
    }

    static byte[] word() {
        return withHead('N', new byte[0]);
    }

    private static byte[] withHead(char kind, byte[] rest) {
        byte[] envelope = new byte[rest.length + 2];
        envelope[0] = (byte) VERSION;
        envelope[1] = (byte) kind;
        System.arraycopy(rest, 0, envelope, 2, rest.length);
        return envelope;
    }

    static Envelope parse(byte[] bytes) {
        if (bytes.length < 2 || bytes[0] != VERSION) {
            return new Foreign();
        }
        return switch (bytes[1]) {
            case 'M' -> message(bytes);
            case 'S' -> new Signal(FrameKind.SIGNAL, rest(bytes, 2));
            case 'P' -> new Signal(FrameKind.PRESENCE, rest(bytes, 2));
            case 'N' -> new Word();
            default -> new Foreign();
        };
    }

    private static Envelope message(byte[] bytes) {
        int epochEnd = indexOfBlank(bytes, 2);
        int offsetEnd = indexOfBlank(bytes, epochEnd + 1);
        if (epochEnd < 0 || offsetEnd < 0) {
            return new Foreign();
        }
        long offset = 0;
        for (int i = epochEnd + 1; i < offsetEnd; i++) {
            offset = offset * 10 + (bytes[i] - '0');
        }
        return new Message(new String(bytes, 2, epochEnd - 2, UTF_8), offset, rest(bytes, offsetEnd + 1));
    }

    private static int indexOfBlank(byte[] bytes, int from) {
        for (int i = Math.max(from, 0); i < bytes.length; i++) {
            if (bytes[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    private static byte[] rest(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }
}
