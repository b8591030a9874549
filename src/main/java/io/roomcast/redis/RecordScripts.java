package io.roomcast.redis;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.connection.Scripts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;

/** The scripts for those who take messages away or have them erased. Immutable. */
final class RecordScripts {
    /** Messages that a call looks at or copies: a few milliseconds of the server. */
    private static final int MESSAGES = 500;

    private static final long BYTES = 256 << 10;
    private static final Duration COPY_LIFE = Duration.ofMinutes(1);

    private final Script sent = Script.of("", "sent.lua");
    private final Script replace = Script.of("", "replace.lua");
    private final Script claim;

    RecordScripts(Scripts rooms) {
        this.claim = rooms.onNumbering("claim.lua");
    }

    List<Script> all() {
        return List.of(sent, replace, claim);
    }

    /** Claims places for messages that are brought from elsewhere: see claim.lua. */
    CommandArguments claim(RoomKeys keys, Rawable lineage, Position present, Position first, Position last) {
        return claim.call(
                List.of(keys.numbering(), keys.log(), keys.channel()),
                "",
                lineage,
                "",
                0,
                first.epoch(),
                first.offset(),
                last.offset(),
                present == null ? "" : present.epoch(),
                present == null ? 0 : present.offset());
    }

    /** Finds messages whose bodies have a text: see sent.lua. */
    CommandArguments sent(RoomKeys keys, String text, long after) {
        return sent.call(List.of(keys.numbering(), keys.log()), text, after, MESSAGES, BYTES);
    }

    /**
     * Puts other bodies in place of those of messages: see replace.lua.
     *
     * @param copy name of the copy, which nobody else has
     * @param token of the reply before; empty to begin
     * @param after its offset
     */
    CommandArguments replace(RoomKeys keys, String copy, String token, long after, List<StoredMessage> messages) {
        List<Object> arguments = new ArrayList<>(2 * messages.size() + 4);
        arguments.add(token);
        arguments.add(after);
        arguments.add(MESSAGES);
        arguments.add(COPY_LIFE.toMillis());
        for (StoredMessage message : messages) {
            if (message.offset() > after) {
                arguments.add(message.offset());
                arguments.add(message.body());
            }
        }
        return replace.call(List.of(keys.numbering(), keys.log(), keys.copy(copy)), arguments.toArray());
    }
}
