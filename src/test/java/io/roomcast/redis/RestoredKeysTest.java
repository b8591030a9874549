package io.roomcast.redis;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.RelayRooms;
import io.roomcast.support.redis.TestRedis;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.RestoreParams;

/**
 * Keys of a room step back while Redis runs. If no node has the room open, no node can find that out, and the epoch
 * goes on with other messages. Whoever comes back with the time of its last message is told all the same. A node that
 * has the room open finds it out with the next message.
 */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestoredKeysTest {
    private static final long FIRST_TIME = 1_000;
    private static final long SECOND_TIME = 2_000;

    @RegisterExtension
    private final TestRedis redis = new TestRedis();

    private final RoomName room = new RoomName("lobby");

    /**
     * @param isConnected whether a node stays connected meanwhile, with other rooms
     * @param isOpen whether the room is open when the client comes back, so that its messages are in the node's memory
     */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void clientThatComesBackIsTold(boolean isConnected, boolean isOpen) {
        String epoch;
        Map<String, byte[]> copy;
        RedisNode bob = node();
        try {
            epoch = say(bob, 1, 5, FIRST_TIME).epoch();
            copy = copy();
            say(bob, 6, 10, FIRST_TIME);
        } finally {
            if (!isConnected) {
                bob.close();
            }
        }
        restore(copy);
        RedisNode cleo = isConnected ? bob : node();
        try (RelayRooms rooms = new RelayRooms(cleo.relay)) {
            if (isOpen) {
                assertEquals(
                        new Position(epoch, 5, FIRST_TIME + 5),
                        rooms.join(room, null).position());
            }
            Position last = say(cleo, 6, 11, SECOND_TIME);
            assertEquals(new Position(epoch, 11), last, "no node has found it out");

            assertFalse(rooms.join(room, at(epoch, 10, FIRST_TIME)).recovered());
            assertFalse(rooms.join(room, at(epoch, 6, FIRST_TIME)).recovered());
            assertTrue(rooms.join(room, at(epoch, 5, FIRST_TIME)).recovered(), "what was copied is the same");
            assertTrue(rooms.join(room, at(epoch, 10, SECOND_TIME)).recovered());
        } finally {
            cleo.close();
        }
    }

    /** @param isQuiet whether nothing was published since the node has the room open */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nodeThatOnlyListensFindsItOut(boolean isQuiet) {
        try (RedisNode bob = node();
                RedisNode cleo = node()) {
            if (!isQuiet) {
                get(cleo.relay.subscribe(room));
            }
            String epoch = say(bob, 1, 5, FIRST_TIME).epoch();
            Map<String, byte[]> copy = copy();
            say(bob, 6, 10, FIRST_TIME);
            if (isQuiet) {
                assertEquals(10, get(cleo.relay.subscribe(room)).offset());
            } else {
                cleo.listener.await("all", () -> cleo.listener.offsets(room).equals(RedisNode.upTo(10)));
            }
            restore(copy);

            Position second = say(bob, 6, 7, SECOND_TIME);
            cleo.listener.await("a reset", () -> !cleo.listener.resets(room).isEmpty());
            assertNotEquals(epoch, say(bob, 8, 8, SECOND_TIME).epoch(), second + " was the last of its epoch");
            cleo.listener.await("the next", () -> cleo.listener.lastBody(room).contains("m8"));
        }
    }

    private static Position at(String epoch, long offset, long time) {
        return new Position(epoch, offset, time + offset);
    }

    private RedisNode node() {
        return new RedisNode(RedisSettings.parse(redis.uri()));
    }

    private Position say(RedisNode node, int first, int last, long time) {
        Position position = null;
        for (int i = first; i <= last; i++) {
            position = get(node.relay.publish(room, null, RedisNode.body("m" + i, time + i)));
        }
        return position;
    }

    private Map<String, byte[]> copy() {
        Map<String, byte[]> copy = new HashMap<>();
        Jedis admin = redis.admin();
        admin.keys("roomcast:{lobby}:*").forEach(key -> copy.put(key, admin.dump(key)));
        return copy;
    }

    private void restore(Map<String, byte[]> copy) {
        copy.forEach((key, value) -> redis.admin()
                .restore(key, 0, value, RestoreParams.restoreParams().replace()));
    }
}
