package io.roomcast.cursor;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import java.util.List;

/**
 * A page of a room's log, and the room's position when the page was read.
 *
 * @param offset offset of the newest message in the room
 * @param base offset after which the epoch began; 0 unless an earlier epoch of the room has ended
 * @param more whether there are further messages in the direction of the read
 * @param messages consecutive, oldest first
 */
public record LogPage(String epoch, long offset, long base, boolean more, List<StoredMessage> messages) {
    /** The newest message of the room. Its body is known only if it is in the page. */
    public SeenMessage seen() {
        StoredMessage last = messages.isEmpty() ? null : messages.get(messages.size() - 1);
        return SeenMessage.of(
                new Position(epoch, offset), last == null || last.offset() != offset ? null : last.body());
    }
}
