package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.StoredMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The reply of read.lua: a page of a room's log, and the room's position at that moment.
 *
 * @param offset of the newest message in the room
 * @param base offset after which the epoch began; 0 unless Redis had lost messages
 * @param more whether there are further messages in the direction of the read
 * @param messages consecutive, oldest first
 */
record LogPage(String epoch, long offset, long base, boolean more, List<StoredMessage> messages) {
    /** Most bytes of bodies in a page, unless the first message is larger: what a reply may cost the node and Redis. */
    static final long MAX_BYTES = 256 * 1024;

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
