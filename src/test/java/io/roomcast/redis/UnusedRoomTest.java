package io.roomcast.redis;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.redis.RedisProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** A room in which nothing was said has an epoch as any other, for an hour after the last one who looked. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnusedRoomTest {
    private final RoomName room = new RoomName("quiet");

    @Test
    void epochOutlivesTheMembersAndIsRenewedByWhoeverReads() {
        try (RedisProcess redis = RedisProcess.launch();
                RedisNode node = new RedisNode(RedisSettings.parse(redis.uri()));
                Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            Position first = get(node.relay.subscribe(room));
            node.relay.unsubscribe(room);
            admin.pexpire("roomcast:{quiet}:numbering", 60_000);
            Position again = get(node.relay.subscribe(room));

            assertEquals(new Position(first.epoch(), 0), again);
            assertTrue(admin.pttl("roomcast:{quiet}:numbering") > 3_000_000, "it is renewed");
            assertEquals(new Position(first.epoch(), 1), node.publish(room, "first"));
        }
    }
}
