package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.cursor.SeenMessage;
import io.roomcast.protocol.Position;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayList;
import java.util.List;

/**
 * The reply of publish.lua: a position for each of the first messages.
 *
 * @param refusal why the next message was not stored; null if all were
 */
record PublishReply(List<Stored> stored, RelayUnavailableException refusal) {
    /**
     * @param position position of the message, or of the earlier message with the same key
     * @param keyKnown whether a message with the same key was stored before; that message may be a different one
     */
    record Stored(Position position, boolean keyKnown) {}

    static PublishReply of(Object reply) {
        List<Stored> stored = new ArrayList<>();
        RelayUnavailableException refusal = null;
        for (Object each : (List<?>) reply) {
            String text = new String((byte[]) each, UTF_8);
            switch (text.charAt(0)) {
                case '-' -> refusal = new RelayUnavailableException("Redis: " + text.substring(1));
                case '=' -> stored.add(new Stored(Position.parse(text.substring(1)), true));
                default -> stored.add(new Stored(Position.parse(text), false));
            }
        }
        return new PublishReply(stored, refusal);
    }

    List<Position> positions() {
        return stored.stream().map(Stored::position).toList();
    }

    /**
     * The messages that are at the positions. The body is unknown where the key was known.
     *
     * @param entries what was published
     */
    List<SeenMessage> seen(List<Relay.Entry> entries) {
        List<SeenMessage> seen = new ArrayList<>(stored.size());
        for (int i = 0; i < stored.size(); i++) {
            Stored each = stored.get(i);
            seen.add(SeenMessage.of(
                    each.position(), each.keyKnown() ? null : entries.get(i).body()));
        }
        return seen;
    }
}
