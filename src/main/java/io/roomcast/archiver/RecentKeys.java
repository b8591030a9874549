package io.roomcast.archiver;

import io.roomcast.protocol.JsonMembers;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Lives.Placed;
import io.roomcast.relay.Relay;
import jakarta.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The idempotency keys that a broker knew before it lost a room, as the archived messages name them: a publish that is
 * repeated is then still stored once. Blocks. Any thread.
 */
final class RecentKeys {
    private static final int PAGE_MESSAGES = 500;
    /** A room with more messages in the time of the keys begins anew. */
    private static final int MOST = 5_000;
    /** The clocks of the broker and of this node may differ by as much. */
    private static final long SPARE_SECONDS = 60;

    private final Archive archive;
    private final InstantSource wall;

    RecentKeys(Archive archive, InstantSource wall) {
        this.archive = archive;
        this.wall = wall;
    }

    /** @return positions by keys; null if the archive does not have all of them */
    Map<String, Position> of(RoomName room, Placed placed) {
        long since = wall.millis() - 1_000 * (Relay.KEY_MEMORY_SECONDS + SPARE_SECONDS);
        Map<String, Position> keys = new HashMap<>();
        long next = placed.offset() + 1;
        while (next > 1) {
            List<Archive.Message> page = archive.before(room, placed.epoch(), next, PAGE_MESSAGES, Relay.PAGE_BYTES);
            for (int i = page.size() - 1; i >= 0; i--) {
                Archive.Message message = page.get(i);
                if (message.storedAt() < since) {
                    return keys;
                }
                if (message.offset() != next - 1 || keys.size() >= 2 * MOST) {
                    return null; // Nobody knows the keys of what is missing.
                }
                next = message.offset();
                add(keys, new Position(placed.epoch(), next), message.body());
            }
            if (page.isEmpty()) {
                // What is older was deleted, after more than the time of the keys; or it is of an earlier epoch.
                return placed.base() > 0 && next == placed.base() + 1 ? null : keys;
            }
        }
        return keys;
    }

    /** The owner of a key is the sender, or nobody if a back end has published: both are kept from repeating it. */
    private static void add(Map<String, Position> keys, Position position, byte[] body) {
        JsonMembers members;
        try {
            members = new JsonMembers(new String(body, StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            return; // Not what this program writes.
        }
        if (members.value("idempotencyKey") instanceof JsonString key) {
            keys.put('\n' + key.getString(), position);
            if (members.value("sender") instanceof JsonString sender) {
                keys.put(sender.getString() + '\n' + key.getString(), position);
            }
        }
    }
}
