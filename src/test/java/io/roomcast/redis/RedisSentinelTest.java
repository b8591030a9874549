package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.body;
import static io.roomcast.redis.RedisNode.upTo;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.support.redis.SentinelTrio;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What two nodes do while a sentinel puts a replica in the master's place. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisSentinelTest {
    private final RoomName room = new RoomName("lobby");
    private SentinelTrio servers;
    private RedisNode speaker;
    private RedisNode hearer;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        servers = SentinelTrio.launch(directory);
        speaker = new RedisNode(servers.settings());
        hearer = new RedisNode(servers.settings());
    }

    @AfterEach
    void stop() {
        speaker.close();
        hearer.close();
        servers.close();
    }

    @Test
    void whatTheReplicaHasIsGoneOnWith() {
        Position start = get(hearer.relay.subscribe(room));
        for (int i = 1; i <= 20; i++) {
            speaker.publish(room, "before" + i);
        }
        Position keyed = get(speaker.relay.publish(room, "key", body("before")));
        servers.awaitReplicated();
        servers.master().kill();
        Position after = speaker.publish(room, "after");

        assertEquals(new Position(start.epoch(), 22), after);
        assertEquals(keyed, hearer.publish(room, "key", "again"));
        hearer.listener.awaitCount(room, 22);
        assertEquals(upTo(22), hearer.listener.offsets(room));
        assertEquals(List.of(), hearer.listener.resets(room));
        hearer.awaitProbe();
    }

    /** Messages that the old master took after the replica had left it are lost: then that has to be told. */
    @Test
    void whatIsLostOnTheWayIsTold() throws Exception {
        get(hearer.relay.subscribe(room));
        CountDownLatch flowing = new CountDownLatch(100);
        CountDownLatch enough = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Position> publisher = thread.submit(() -> {
                Position last = null;
                for (int i = 0; enough.getCount() > 0; i++) {
                    last = speaker.publish(room, "m" + i);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2)); // So that they stay few.
                    flowing.countDown();
                }
                return last;
            });
            flowing.await();
            servers.failOver();
            enough.countDown();
            publisher.get(30, TimeUnit.SECONDS);
        } finally {
            thread.shutdownNow();
        }
        // The first message may be one of those before the epoch that the hearer's loss begins: told by a reset.
        speaker.publish(room, "first");
        hearer.listener.await(
                "the first, or a reset",
                () -> hearer.listener.lastBody(room).contains("first")
                        || !hearer.listener.resets(room).isEmpty());
        Position last = speaker.publish(room, "last");
        hearer.listener.await("the last", () -> hearer.listener.lastBody(room).contains("last"));

        assertFalse(hearer.listener.overlapped());
        assertHonest(last);
    }

    private void assertHonest(Position last) {
        List<StoredMessage> heard = hearer.listener.delivered(room);
        List<Position> resets = hearer.listener.resets(room);
        long expected = 1;
        for (StoredMessage message : heard) {
            if (message.offset() != expected) {
                assertFalse(resets.isEmpty(), "offset " + message.offset() + " instead of " + expected);
                assertNotEquals(-1, indexOf(resets, message.offset() - 1));
            }
            expected = message.offset() + 1;
        }
        assertEquals(last.offset(), heard.get(heard.size() - 1).offset());
        if (!resets.isEmpty()) {
            assertEquals(last.epoch(), resets.get(resets.size() - 1).epoch());
        }
    }

    private static int indexOf(List<Position> resets, long offset) {
        return resets.stream().map(Position::offset).toList().indexOf(offset);
    }
}
