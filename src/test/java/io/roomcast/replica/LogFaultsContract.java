package io.roomcast.replica;

import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.support.Await;
import io.roomcast.support.machine.BrokerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What rooms promise when something happens to the real broker of a log. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class LogFaultsContract {
    private static final int MESSAGES = 600;
    protected final RoomName room = new RoomName("lobby");

    /** A connection to a log that is empty at first; the same log at each call. */
    protected abstract AppendLog connect();

    protected abstract BrokerProcess broker();

    /** Deletes the log, as an administrator does. */
    protected abstract void delete() throws Exception;

    protected final ReplicaNode node() {
        return node(connect());
    }

    protected static ReplicaNode node(AppendLog log) {
        return new ReplicaNode(log, "test", 10);
    }

    protected final Position publishUntilAcknowledged(ReplicaNode node, String content) {
        AtomicReference<Position> position = new AtomicReference<>();
        Await.until("the broker stores " + content, 120, () -> {
            position.set(node.relay
                    .publish(room, "key " + content, content.getBytes(StandardCharsets.UTF_8))
                    .handle((done, failure) -> done)
                    .toCompletableFuture()
                    .join());
            return position.get() != null;
        });
        return position.get();
    }

    @Test
    void nothingIsLostDoubledOrOutOfOrderWhenTheBrokerIsKilled() throws Exception {
        try (ReplicaNode one = node();
                ReplicaNode two = node()) {
            String epoch = get(two.relay.subscribe(room)).epoch();
            CountDownLatch flowing = new CountDownLatch(MESSAGES / 6);
            CompletableFuture<List<Position>> acknowledged = CompletableFuture.supplyAsync(() -> {
                List<Position> positions = new ArrayList<>();
                for (int i = 0; i < MESSAGES; i++) {
                    positions.add(publishUntilAcknowledged(one, "m" + i));
                    flowing.countDown();
                }
                return positions;
            });
            assertTrue(flowing.await(60, TimeUnit.SECONDS));
            broker().kill();
            assertUnavailable(two.relay.probe());
            broker().start();
            List<Position> positions = acknowledged.get(120, TimeUnit.SECONDS);
            two.listener.awaitCount(room, MESSAGES);
            assertEquals(
                    LongStream.rangeClosed(1, MESSAGES)
                            .mapToObj(offset -> new Position(epoch, offset))
                            .toList(),
                    positions);
            assertEquals(IntStream.range(0, MESSAGES).mapToObj(i -> "m" + i).toList(), two.listener.bodies(room));
            assertEquals(List.of(), two.listener.resets(room));
        }
    }

    /** As restored from a backup. Other nodes may have stored something there before this one looks. */
    @Test
    void noPlaceIsGivenTwiceWhenTheBrokerHasAnOlderDisk() throws Exception {
        try (ReplicaNode one = node();
                ReplicaNode two = node()) {
            Position before = get(one.relay.subscribe(room));
            get(two.relay.subscribe(room));
            publishUntilAcknowledged(two, "a");
            Path disk = broker().copyDisk();
            publishUntilAcknowledged(two, "b");
            one.listener.awaitCount(room, 2);
            two.listener.awaitCount(room, 2);
            broker().kill();
            broker().restoreDisk(disk);
            broker().start();
            one.listener.awaitResets(room, 1);
            two.listener.awaitResets(room, 1);
            Position anew = one.listener.resets(room).get(0);
            assertNotEquals(before.epoch(), anew.epoch());
            assertEquals(anew, two.listener.resets(room).get(0));
            assertEquals(new Position(anew.epoch(), 1), publishUntilAcknowledged(one, "c"));
            two.listener.awaitCount(room, 3);
        }
    }

    @Test
    void allRoomsBeginAnewWhenTheLogIsDeleted() throws Exception {
        try (ReplicaNode one = node();
                ReplicaNode two = node()) {
            Position before = get(one.relay.subscribe(room));
            publishUntilAcknowledged(two, "a");
            one.listener.awaitCount(room, 1);
            delete();
            one.listener.awaitResets(room, 1);
            Position anew = one.listener.resets(room).get(0);
            assertNotEquals(before.epoch(), anew.epoch());
            assertEquals(anew.epoch(), publishUntilAcknowledged(two, "b").epoch());
            one.listener.awaitCount(room, 2);
            assertEquals(List.of("a", "b"), one.listener.bodies(room));
        }
    }
}
