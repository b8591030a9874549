package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.cursor.LogPage;
import io.roomcast.protocol.StoredMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads the reply of read.lua. */
final class LogReply {
    private LogReply() {}

    /** @return null if the room has no numbering */
    static LogPage page(Object reply) {
        List<?> parts = (List<?>) reply;
        if (parts.isEmpty()) {
            return null;
        }
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
