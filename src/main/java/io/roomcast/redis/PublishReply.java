package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.Position;
import io.roomcast.redis.connection.SeenMessage;

/**
 * The reply of publish.lua.
 *
 * @param position position of the message, or of the earlier message with the same key
 * @param keyKnown whether a message with the same key was stored before; that message may be a different one
 */
record PublishReply(Position position, boolean keyKnown) {

    static PublishReply of(Object reply) {
        String text = new String((byte[]) reply, UTF_8);
        boolean keyKnown = text.startsWith("=");
        return new PublishReply(Position.parse(keyKnown ? text.substring(1) : text), keyKnown);
    }

    /**
     * The message that is at the position. Its body is unknown if the key was known.
     *
     * @param body body that was published
     */
    SeenMessage seen(byte[] body) {
        return SeenMessage.of(position, keyKnown ? null : body);
    }
}
