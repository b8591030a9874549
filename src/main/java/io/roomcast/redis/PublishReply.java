package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.Position;
import io.roomcast.redis.connection.SeenMessage;

/**
 * The reply of publish.lua.
 *
 * @param known whether a message with the same key was stored before: nobody says that it is the same message
 */
record PublishReply(Position position, boolean known) {

    static PublishReply of(Object reply) {
        String text = new String((byte[]) reply, UTF_8);
        boolean known = text.startsWith("=");
        return new PublishReply(Position.parse(known ? text.substring(1) : text), known);
    }

    /** @param body that was published */
    SeenMessage seen(byte[] body) {
        return SeenMessage.of(position, known ? null : body);
    }
}
