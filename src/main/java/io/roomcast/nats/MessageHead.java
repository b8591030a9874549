package io.roomcast.nats;

import io.nats.client.impl.Headers;
import io.roomcast.nats.connection.StreamRecord;

/**
 * What a node writes before a message of a room, as a header of NATS: {@code EPOCH OFFSET BASE TOTAL FOLLOWING KIND}. A
 * message is appended only if the one before it is still the last of its room. So the numbers are right by induction:
 * nobody can append offset 42 but on top of the very message 41 that he has seen.
 *
 * @param offset offset of the message; of a mark, which is no message, the offset of the message before
 * @param base offset after which the epoch began; 0 unless an earlier epoch of the room has ended
 * @param total bytes of all messages of the room, up to and including this one. So each message tells how many bytes
 *     come after it.
 * @param following how many messages the same call still appends. Other nodes wait for them.
 * @param isMark whether it only begins an epoch, keeps the numbering, or ends a call
 */
record MessageHead(String epoch, long offset, long base, long total, int following, boolean isMark) {
    static final String HEADER = "Rc";

    /** The head of the first record of an epoch. */
    static MessageHead beginning(String epoch, long base, long total) {
        return new MessageHead(epoch, base, base, total, 0, true);
    }

    /** The head of the message after this one. */
    MessageHead next(int bytes, int more) {
        return new MessageHead(epoch, offset + 1, base, total + bytes, more, false);
    }

    /** The head of a mark after this message, which keeps the position. */
    MessageHead mark() {
        return new MessageHead(epoch, offset, base, total, 0, true);
    }

    /** The text of the header. */
    String text() {
        return epoch + ' ' + offset + ' ' + base + ' ' + total + ' ' + following + ' ' + (isMark ? 'E' : 'M');
    }

    /** The head in these headers, or null if there is none. */
    static MessageHead of(Headers headers) {
        return headers == null ? null : parse(headers.getFirst(HEADER));
    }

    /** The head of a stored message, or null if no node of this version wrote it. */
    static MessageHead of(StreamRecord stored) {
        return parse(stored.header(HEADER));
    }

    private static MessageHead parse(String text) {
        String[] parts = text == null ? new String[0] : text.split(" ", -1);
        if (parts.length != 6 || parts[0].isEmpty() || parts[0].length() > 64) {
            return null;
        }
        try {
            return new MessageHead(
                    parts[0],
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]),
                    Integer.parseInt(parts[4]),
                    parts[5].equals("E"));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
