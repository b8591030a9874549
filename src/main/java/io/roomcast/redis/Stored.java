package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.Position;

/**
 * What publish.lua answered.
 *
 * @param before whether it was stored before, under its key: then nobody says that the message there is the same
 */
record Stored(Position position, boolean before) {

    static Stored of(Object reply) {
        String text = new String((byte[]) reply, UTF_8);
        boolean before = text.startsWith("=");
        return new Stored(Position.parse(before ? text.substring(1) : text), before);
    }

    /** @param body that was to be stored */
    Seen seen(byte[] body) {
        return Seen.of(position, before ? null : body);
    }
}
