package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What travels through a channel. The first byte is the version, the second says what follows:
 *
 * <pre>
 * 2M EPOCH OFFSET BODY    a message, as publish.lua writes it (without the first blank)
 * 2R PREVIOUS REVISION COUNT   who came and went, as presence.lua writes it (without the first blank): a line each, +USER or -USER
 * 2S FRAME                a signal (without the blank)
 * 2N                      a word of a node to itself, so that its channel is not silent
 * </pre>
 *
 * A node that meets something which it does not know reads the room's log and its roster instead, whose form does not change: so nodes of different
 * versions serve one room.
 */
public sealed interface Envelope {
    char VERSION = '2';

    /** Shared with the listener: nobody may write to {@code body}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Message(String epoch, long offset, byte[] body) implements Envelope {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Signal(FrameKind kind, byte[] frame) implements Envelope {}

    record Presence(PresenceChange change) implements Envelope {
        public static final char KIND = 'R';
    }

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
            case Presence.KIND -> presence(bytes);
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

    private static Envelope presence(byte[] bytes) {
        String[] lines = new String(bytes, 2, bytes.length - 2, UTF_8).split("\n", -1);
        String[] head = lines[0].split(" ", -1);
        if (head.length < 3) {
            return new Foreign();
        }
        List<UserName> joined = new ArrayList<>(1);
        List<UserName> left = new ArrayList<>(1);
        try {
            for (int i = 1; i < lines.length; i++) {
                (lines[i].startsWith("+") ? joined : left).add(new UserName(lines[i].substring(1)));
            }
        } catch (ProtocolException e) {
            return new Foreign(); // A node with another rule for names.
        }
        return new Presence(new PresenceChange(
                Long.parseLong(head[0]), Long.parseLong(head[1]), Long.parseLong(head[2]), joined, left));
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
