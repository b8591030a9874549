package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.upTo;
import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.relay.PresenceStore;
import io.roomcast.support.Await;
import io.roomcast.support.redis.ClusterTrio;
import io.roomcast.support.redis.RedisProcess;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What two nodes do while a Cluster's slots and masters come and go. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisClusterFaultTest {
    private final RoomName room = new RoomName("lobby");
    private final int slot = RoomKeys.slotOf("lobby");
    private ClusterTrio cluster;
    private RedisNode speaker;
    private RedisNode hearer;

    @BeforeEach
    void start() {
        cluster = ClusterTrio.launch();
        speaker = new RedisNode(cluster.settings());
        hearer = new RedisNode(cluster.settings());
    }

    @AfterEach
    void stop() {
        speaker.close();
        hearer.close();
        cluster.close();
    }

    @Test
    void roomsOfAllMastersAreServed() {
        List<RoomName> rooms =
                IntStream.range(0, 60).mapToObj(i -> new RoomName("room-" + i)).toList();
        for (RoomName each : rooms) {
            get(hearer.relay.subscribe(each));
            speaker.publish(each, "one");
            speaker.publish(each, "two");
        }
        for (RoomName each : rooms) {
            hearer.listener.awaitCount(each, 2);
            assertEquals(upTo(2), hearer.listener.offsets(each));
        }
        assertEquals(
                3,
                rooms.stream()
                        .map(each -> cluster.ownerOf(RoomKeys.slotOf(each.value())))
                        .distinct()
                        .count());
    }

    @Test
    void presenceSpansMasters() {
        UserId ann = new UserId("ann");
        try (PresenceStore here = speaker.relay.presence();
                PresenceStore there = hearer.relay.presence()) {
            for (int i = 0; i < 10; i++) {
                RoomName each = new RoomName("room-" + i);
                get(here.enter(each, User.of(ann), "s1"));
                assertEquals(List.of(User.of(ann)), get(there.roster(each, 10)).users());
            }
        }
    }

    @Test
    void roomGoesWithItsSlot() {
        Position start = get(hearer.relay.subscribe(room));
        IntStream.rangeClosed(1, 10).forEach(i -> speaker.publish(room, "before" + i));
        int from = cluster.ownerOf(slot);
        cluster.move(slot, from, (from + 1) % 3);
        Position after = speaker.publish(room, "after");
        hearer.listener.awaitCount(room, 11);

        assertEquals(new Position(start.epoch(), 11), after);
        assertEquals(upTo(11), hearer.listener.offsets(room));
        assertEquals(List.of(), hearer.listener.resets(room));
        cluster.move(slot, (from + 1) % 3, from);
        speaker.publish(room, "home again");
        hearer.listener.awaitCount(room, 12);
        assertEquals(upTo(12), hearer.listener.offsets(room));
        hearer.awaitProbe();
    }

    @Test
    void replicaTakesTheMastersPlace() {
        int owner = cluster.ownerOf(slot);
        RedisProcess replica = cluster.addReplica(owner);
        try {
            Position start = get(hearer.relay.subscribe(room));
            IntStream.rangeClosed(1, 10).forEach(i -> speaker.publish(room, "before" + i));
            cluster.awaitReplicated(owner);
            cluster.masters().get(owner).kill();
            Position after = speaker.publish(room, "after");
            hearer.listener.awaitCount(room, 11);

            assertEquals(new Position(start.epoch(), 11), after);
            assertEquals(upTo(11), hearer.listener.offsets(room));
            assertEquals(List.of(), hearer.listener.resets(room));
            hearer.awaitProbe();
        } finally {
            replica.close();
        }
    }

    /**
     * The former master still carries out what was in its socket, before it learns that another server is the master.
     */
    @Test
    void whatAMasterThatStoodStillDoesLateIsNobodysMessage() {
        int owner = cluster.ownerOf(slot);
        RedisProcess old = cluster.masters().get(owner);
        RedisProcess replica = cluster.addReplica(owner);
        try {
            get(hearer.relay.subscribe(room));
            IntStream.rangeClosed(1, 10).forEach(i -> speaker.publish(room, "before" + i));
            hearer.listener.awaitCount(room, 10);
            cluster.awaitReplicated(owner);
            old.pause();
            var late =
                    hearer.relay.publish(room, "late", RedisNode.body("late")).toCompletableFuture();
            speaker.publish(room, "after");
            old.resume();
            speaker.publish(room, "last");
            hearer.listener.await(
                    "the last", () -> hearer.listener.lastBody(room).contains("last"));

            Await.until("an answer to what came late", late::isDone);
            assertTrue(late.isCompletedExceptionally());
            List<String> stored = get(speaker.relay.historyAfter(room, 0, 100)).messages().stream()
                    .map(message -> new String(message.body(), UTF_8))
                    .toList();
            assertEquals(stored, hearer.listener.bodies(room));
            assertEquals(List.of(), hearer.listener.resets(room));
        } finally {
            replica.close();
        }
    }

    @Test
    void roomsOfTheOtherMastersGoOnWithoutOne() {
        get(hearer.relay.subscribe(room));
        int owner = cluster.ownerOf(slot);
        RoomName other = IntStream.range(0, 100)
                .mapToObj(i -> new RoomName("other-" + i))
                .filter(each -> cluster.ownerOf(RoomKeys.slotOf(each.value())) != owner)
                .findFirst()
                .orElseThrow();
        get(hearer.relay.subscribe(other));
        speaker.publish(room, "before");
        cluster.masters().get(owner).kill();
        assertUnavailable(speaker.relay.publish(room, null, RedisNode.body("lost")));
        assertUnavailable(speaker.relay.probe());
        get(speaker.relay.publish(other, null, RedisNode.body("heard")));
        hearer.listener.awaitCount(other, 1);
        cluster.masters().get(owner).start();
        // The master comes back empty. A message that is stored before the hearer has read that is told as a reset.
        hearer.listener.await("a reset", () -> !hearer.listener.resets(room).isEmpty());
        speaker.publish(room, "after");
        hearer.listener.await(
                "the message after", () -> hearer.listener.lastBody(room).contains("after"));
        hearer.awaitProbe();
    }
}
