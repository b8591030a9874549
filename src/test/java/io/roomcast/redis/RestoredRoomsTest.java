package io.roomcast.redis;

import static io.roomcast.support.Stages.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.archiver.LiveBroker;
import io.roomcast.archiver.LiveBroker.Admitted;
import io.roomcast.archiver.LiveBroker.Begun;
import io.roomcast.metrics.Counter;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.Lives.Data;
import io.roomcast.relay.Lives.Placed;
import io.roomcast.support.Await;
import io.roomcast.support.postgres.TestPostgres;
import io.roomcast.support.redis.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rooms that Redis has lost go on in the same epoch, if the archive is known to have all of their messages. */
class RestoredRoomsTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private final RoomName room = new RoomName("lobby-" + UUID.randomUUID());
    private String url;

    @BeforeEach
    void beginWithNothing() {
        url = POSTGRES.newUrl();
        empty();
    }

    private static void empty() {
        REDIS.admin().flushAll();
    }

    private ArchivedNode node() {
        return new ArchivedNode(
                        RedisSettings.parse(REDIS.uri()), url, RedisNode.PLENTY.everywhere(), 4, Duration.ZERO, true)
                .start();
    }

    private String schema() {
        return url.replaceFirst(".*=", "");
    }

    /** Rows of a table in the schema of this test. */
    private long count(String table) {
        return POSTGRES.process().count("SELECT count(*) FROM " + schema() + "." + table);
    }

    private void awaitOnlyLives(int lives) {
        Await.until("lives: " + lives, () -> count("node_life") == lives);
    }

    @Test
    void aRoomGoesOnWhereItWas() {
        try (ArchivedNode node = node();
                ArchivedNode other = node()) {
            get(other.relay.subscribe(room));
            Position first = node.publish(room, "m1");
            node.publish(room, "m2");
            node.awaitArchived(room, 2);
            awaitOnlyLives(2);
            awaitSeenArchived(node);

            empty();
            Position third = node.publish(room, "m3");
            assertEquals(new Position(first.epoch(), 3), third);
            assertEquals(List.of(1L, 2L, 3L), ArchivedNode.offsets(get(other.relay.historyAfter(room, 0, 10))));
            Await.until("m3 arrives", () -> other.listener.offsets(room).equals(List.of(1L, 2L, 3L)));
            assertEquals(List.of(), other.listener.resets(room));
            node.awaitArchived(room, 3);
            assertEquals(1, node.metrics.get(Counter.ROOMS_RESTORED) + other.metrics.get(Counter.ROOMS_RESTORED));
        }
    }

    /** The node has seen in the archive what it has published. */
    private static void awaitSeenArchived(ArchivedNode node) {
        Await.until("nothing is unarchived", node.relay::hasSeenAllArchived);
    }

    private Position publishWithKey(ArchivedNode node, String key) {
        String body = "{\"content\":\"hi\",\"sender\":\"ann\",\"idempotencyKey\":\"" + key + "\"}";
        return RedisNode.untilAnswered(() -> node.relay.publish(room, "ann\n" + key, body.getBytes(UTF_8)));
    }

    /** All is stopped, Redis is emptied, and all is started: as if nothing had happened. Keys are known, too. */
    @Test
    void aRoomOutlivesAllNodesAndRedis() {
        Position second;
        try (ArchivedNode node = node()) {
            publishWithKey(node, "k1");
            second = publishWithKey(node, "k2");
            awaitOnlyLives(1);
        }
        assertEquals(0, count("node_life"), "nothing is left of a node that saw all archived");
        empty();
        try (ArchivedNode node = node()) {
            assertEquals(second, get(node.relay.position(room)));
            assertEquals(second, publishWithKey(node, "k2"));
            assertEquals(new Position(second.epoch(), 3), publishWithKey(node, "k3"));
            assertEquals(List.of(1L, 2L, 3L), node.backwards(room, 2));
        }
    }

    @Test
    void whatIsNotArchivedIsNotContinued() {
        RoomName idle = new RoomName("idle-" + UUID.randomUUID());
        try (ArchivedNode node = node()) {
            Position quiet = node.publish(idle, "quiet");
            Position first = node.publish(room, "m1");
            node.awaitArchived(room, 1);
            awaitOnlyLives(1);
            awaitSeenArchived(node);
            POSTGRES.process().stop();
            Position lost;
            try {
                lost = node.publish(room, "m2");
                assertEquals(new Position(first.epoch(), 2), lost);
                empty();
            } finally {
                POSTGRES.process().start();
            }
            Position next = node.publish(room, "m3");
            assertNotEquals(first.epoch(), next.epoch());
            assertEquals(new Position(quiet.epoch(), 2), node.publish(idle, "again"));
            assertEquals(1, node.metrics.get(Counter.ROOMS_ENDED));
            assertEquals(1, node.metrics.get(Counter.ROOMS_RESTORED));
        }
    }

    /** A node that died cannot say what it knew. */
    @Test
    void nothingIsContinuedWithoutADeadNode() {
        try (ArchivedNode node = node()) {
            Position first = node.publish(room, "m1");
            node.awaitArchived(room, 1);
            awaitOnlyLives(1);
            awaitSeenArchived(node);
            ArchivedNode dead = node();
            awaitOnlyLives(2);
            dead.abandon();
            empty();
            assertNotEquals(first.epoch(), node.publish(room, "m2").epoch());
        }
    }

    /** Others took the node for dead while it stood still: nothing of its former life is carried out. */
    @Test
    void aNodeThatWasTakenForDeadComesBackAsAnother() {
        try (ArchivedNode node = node()) {
            Position first = node.publish(room, "m1");
            LiveBroker broker = node.broker.lives();
            Data data = broker.data().orElseThrow();
            assertTrue(get(broker.expel(broker.life(), data)));
            assertEquals(Admitted.EXPELLED, get(broker.admit(broker.life(), Integer.MAX_VALUE, data)));
            assertEquals(new Position(first.epoch(), 2), node.publish(room, "m2"));
            assertEquals(
                    1,
                    POSTGRES.process().count("SELECT count(*) FROM " + schema() + ".node_life WHERE life LIKE '%#2'"));
        }
    }

    /** A node that stood still with its claim does no harm in the data that followed, nor twice in the same. */
    @Test
    void aNumberingBeginsOnlyInTheDataOfItsClaim() {
        try (ArchivedNode node = node()) {
            node.publish(room, "m1");
            LiveBroker broker = node.broker.lives();
            Data before = broker.data().orElseThrow();
            empty();
            RoomName lost = new RoomName("lost-" + UUID.randomUUID());
            Placed placed = new Placed("5f0-x", 0, 7);
            assertEquals(Begun.OTHER_DATA, get(broker.begin(lost, before, placed, Map.of())));
            node.publish(room, "m2");
            Data after = broker.data().orElseThrow();
            assertEquals(Begun.OTHER_DATA, get(broker.begin(lost, before, placed, Map.of())));
            assertEquals(Begun.BEGUN, get(broker.begin(lost, after, placed, Map.of())));
            assertEquals(new Position("5f0-x", 8), node.publish(lost, "m8"));
            assertEquals(Begun.PRESENT, get(broker.begin(lost, after, placed, Map.of())));
            assertEquals(new Position("5f0-x", 8), get(node.relay.position(lost)));
        }
    }

    /** What a node sent before is refused once it counts as unanswered and settled. */
    @Test
    void aPublishWithAnEarlierNumberIsRefused() {
        try (ArchivedNode node = node()) {
            node.publish(room, "m1");
            LiveBroker broker = node.broker.lives();
            Data data = broker.data().orElseThrow();
            get(broker.admit(broker.life(), 1_000, data));
            var refused = node.relay.publish(room, null, RedisNode.body("m2")).toCompletableFuture();
            Await.until("the answer", refused::isDone);
            assertTrue(refused.isCompletedExceptionally());
            assertEquals(1, get(node.relay.position(room)).offset());
        }
    }
}
