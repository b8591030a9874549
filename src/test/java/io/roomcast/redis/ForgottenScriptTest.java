package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.body;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.support.redis.RedisProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;

/** Redis forgets its scripts while somebody publishes, and somebody else loads them again in the middle of a batch. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForgottenScriptTest {
    private static final int MESSAGES = 20_000;

    private static final int ROOMS = 7;

    @Test
    void whatIsStoredIsStoredInTheOrderOfTheCalls() throws Exception {
        try (RedisProcess redis = RedisProcess.launch();
                RedisNode node = new RedisNode(RedisSettings.parse(redis.uri()))) {
            node.awaitProbe();
            AtomicBoolean enough = new AtomicBoolean();
            Thread forgetter = new Thread(() -> forgetAndLoad(redis, enough));
            forgetter.start();
            List<List<CompletionStage<Position>>> acks = new ArrayList<>();
            for (int i = 0; i < ROOMS; i++) {
                acks.add(new ArrayList<>());
            }
            for (int i = 0; i < MESSAGES; i++) {
                List<CompletionStage<Position>> ofRoom = acks.get(i % ROOMS);
                ofRoom.add(node.relay.publish(new RoomName("room" + i % ROOMS), null, body("m" + i)));
                if (i % 1_000 == 999) {
                    ofRoom.get(ofRoom.size() - 1)
                            .toCompletableFuture()
                            .handle((position, failure) -> null)
                            .join();
                }
            }
            List<List<Long>> offsets =
                    acks.stream().map(ForgottenScriptTest::stored).toList();
            enough.set(true);
            forgetter.join();

            for (List<Long> ofRoom : offsets) {
                assertEquals(ofRoom.stream().sorted().distinct().toList(), ofRoom);
                assertFalse(ofRoom.isEmpty());
            }
        }
    }

    private static List<Long> stored(List<CompletionStage<Position>> acks) {
        List<Long> offsets = new ArrayList<>();
        for (CompletionStage<Position> ack : acks) {
            try {
                offsets.add(ack.toCompletableFuture().join().offset());
            } catch (CompletionException e) {
                // Refused: whoever published it can do so again.
            }
        }
        return offsets;
    }

    private static void forgetAndLoad(RedisProcess redis, AtomicBoolean enough) {
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            Connection connection = jedis.getConnection();
            List<Script> scripts = new Scripts(false).all();
            while (!enough.get()) {
                jedis.scriptFlush();
                scripts.forEach(script -> connection.executeCommand(script.load()));
            }
        }
    }
}
