package io.roomcast.redis;

import io.roomcast.protocol.Position;
import java.util.zip.CRC32C;

/**
 * What a node has seen of a room: a position, and a mark of the message there. Two logs may have the same positions and other messages.
 *
 * @param mark of the message; {@link #UNKNOWN}, or {@link #SEVERAL}
 */
record Seen(Position position, long mark) {
    private static final long UNKNOWN = 0;
    /** More than one message was seen there: whatever Redis has, it is another one. */
    private static final long SEVERAL = -1;

    /** @param body of the message at the position, or null where it is not known */
    static Seen of(Position position, byte[] body) {
        return new Seen(position, body == null ? UNKNOWN : markOf(body));
    }

    private static long markOf(byte[] body) {
        CRC32C sum = new CRC32C();
        sum.update(body, 0, body.length);
        return 1 + ((long) body.length << Integer.SIZE | sum.getValue());
    }

    /** Whether another message than {@code body} was seen at the position. */
    boolean isOtherThan(byte[] body) {
        return mark != UNKNOWN && mark != markOf(body);
    }

    boolean isMarked() {
        return mark != UNKNOWN;
    }

    static Seen later(Seen known, Seen next) {
        if (!known.position.epoch().equals(next.position.epoch()) || known.position.offset() < next.position.offset()) {
            return next;
        }
        if (known.position.offset() > next.position.offset() || next.mark == UNKNOWN) {
            return known;
        }
        return known.mark == UNKNOWN || known.mark == next.mark ? next : new Seen(next.position, SEVERAL);
    }
}
