package io.roomcast.cursor;

import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import java.util.zip.CRC32C;

/**
 * The last message that this node has seen in a room, as its position and its checksum. The checksum is needed since
 * two logs may have different messages at the same position.
 *
 * @param checksum positive checksum of the message; or {@link #UNKNOWN}, or {@link #CONFLICTING}
 */
public record SeenMessage(Position position, long checksum) {
    /** Only the position is known. */
    private static final long UNKNOWN = 0;
    /** Different messages were seen at this position. No message of the broker equals all of them. */
    private static final long CONFLICTING = -1;

    /**
     * Of a message that was erased, only the position counts: others have seen it as it was.
     *
     * @param body body of the message at the position, or null if the body is not known
     */
    public static SeenMessage of(Position position, byte[] body) {
        return new SeenMessage(position, body == null || MessageFrames.isErased(body) ? UNKNOWN : checksum(body));
    }

    private static long checksum(byte[] body) {
        CRC32C sum = new CRC32C();
        sum.update(body, 0, body.length);
        return 1 + ((long) body.length << Integer.SIZE | sum.getValue());
    }

    /** Whether the checksum is known, so that the message can be compared. */
    public boolean isComparable() {
        return checksum != UNKNOWN;
    }

    /**
     * Whether {@code body} is a different message than the one that was seen at the position. A message that was erased
     * may be the one that was seen.
     */
    public boolean differsFrom(byte[] body) {
        return checksum == CONFLICTING
                || checksum != UNKNOWN && checksum != checksum(body) && !MessageFrames.isErased(body);
    }

    /** The later one of two messages of a room; {@code next} was seen after {@code known}. */
    public static SeenMessage later(SeenMessage known, SeenMessage next) {
        if (!known.position.epoch().equals(next.position.epoch()) || known.position.offset() < next.position.offset()) {
            return next;
        }
        if (known.position.offset() > next.position.offset() || next.checksum == UNKNOWN) {
            return known;
        }
        return known.checksum == UNKNOWN || known.checksum == next.checksum
                ? next
                : new SeenMessage(next.position, CONFLICTING);
    }
}
