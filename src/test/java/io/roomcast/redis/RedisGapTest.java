package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.body;
import static io.roomcast.redis.RedisNode.upTo;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.Counter;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.Await;
import io.roomcast.support.redis.RedisProcess;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that was away from Redis finds a gap in each of its many rooms. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisGapTest {
    private final List<RoomName> rooms =
            IntStream.range(0, 1_000).mapToObj(i -> new RoomName("room-" + i)).toList();

    private <T> void inAllRooms(Function<RoomName, CompletionStage<T>> call) {
        rooms.stream().map(call).toList().forEach(stage -> get(stage));
    }

    @Test
    void everyGapIsFilled() {
        try (RedisProcess redis = RedisProcess.launch();
                RedisOutage outage = new RedisOutage(redis);
                RedisNode speaker = new RedisNode(RedisSettings.parse(redis.uri()));
                RedisNode hearer = new RedisNode(outage.settings())) {
            inAllRooms(hearer.relay::subscribe);
            inAllRooms(room -> speaker.relay.publish(room, null, body("heard")));
            rooms.forEach(room -> hearer.listener.awaitCount(room, 1));
            outage.begin();
            inAllRooms(room -> speaker.relay.publish(room, null, body("missed")));
            inAllRooms(room -> speaker.relay.publish(room, null, body("missed, too")));
            outage.end();
            hearer.awaitProbe();
            inAllRooms(room -> speaker.relay.publish(room, null, body("after")));

            for (RoomName room : rooms) {
                hearer.listener.awaitCount(room, 4);
                assertEquals(upTo(4), hearer.listener.offsets(room));
                assertEquals(List.of(), hearer.listener.resets(room));
            }
            assertFalse(hearer.listener.overlapped());
            // A room counts after it has delivered.
            Await.until(
                    "all gaps counted as repaired",
                    () -> hearer.metrics.get(Counter.GAPS_REPAIRED) >= 1_000
                            && hearer.metrics.get(Counter.GAPS_SEEN) == hearer.metrics.get(Counter.GAPS_REPAIRED));
            assertTrue(hearer.metrics.get(Counter.MESSAGES_REPAIRED) >= 2_000);
            assertEquals(0, hearer.metrics.get(Counter.GAPS_LOST));
        }
    }
}
