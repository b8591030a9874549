package io.roomcast.cursor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The reply of read.lua. It contains a page of a room's log, and the room's position when the page was read.
 *
 * @param offset offset of the newest message in the room
 * @param base offset after which the epoch began; 0 unless an earlier epoch of the room has ended
 * @param more whether there are further messages in the direction of the read
 * @param messages consecutive, oldest first
 */
record LogPage(String epoch, long offset, long base, boolean more, List<StoredMessage> messages) {
    /** The newest message of the room. Its body is known only if it is in the page. */
    SeenMessage seen() {
        StoredMessage last = messages.isEmpty() ? null : messages.get(messages.size() - 1);
        return SeenMessage.of(
                new Position(epoch, offset), last == null || last.offset() != offset ? null : last.body());
    }

    static LogPage of(Object reply) {
        List<?> parts = (List<?>) reply;
        List<StoredMessage> messages = new ArrayList<>((parts.size() - 4) / 2);
        for (int i = 4; i < parts.size(); i += 2) {
            messages.add(new StoredMessage((Long) parts.get(i), (byte[]) parts.get(i + 1)));
        }
        if (messages.size() > 1 && messages.get(0).offset() > messages.get(1).offset()) {
            Collections.reverse(messages);
        }
        return new LogPage(
                new String((byte[]) parts.get(0), UTF_8),
                (Long) parts.get(1),
                (Long) parts.get(2),
                (Long) parts.get(3) == 1,
                messages);
    }
}
