package io.roomcast.redis;

import static io.roomcast.support.Stages.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.cursor.SeenMessage;
import io.roomcast.metrics.Counter;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Copies;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.RelayRecords;
import io.roomcast.support.Await;
import io.roomcast.support.postgres.TestPostgres;
import io.roomcast.support.redis.ClusterTrio;
import io.roomcast.support.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Jedis;

/** Messages outlive the window of Redis: they are copied to PostgreSQL, and read there. */
class RedisArchiveTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private static final HistoryLimits TEN = new HistoryLimits(10, Duration.ofHours(1), 64L << 20);

    private static RedisProcess redis;

    private final RoomName room = new RoomName("lobby-" + UUID.randomUUID());
    private String url;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.launch();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void beginWithNothing() {
        url = POSTGRES.newUrl();
        // A node looks through all rooms, also those of other tests.
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            admin.flushAll();
        }
    }

    private ArchivedNode node() {
        return node(1);
    }

    private ArchivedNode node(int window) {
        return new ArchivedNode(redis.uri(), url, TEN.everywhere(), window).start();
    }

    private static List<Long> between(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void theHistoryGoesOnInTheArchive() {
        try (ArchivedNode node = node()) {
            for (int i = 1; i <= 35; i++) {
                node.publish(room, "m" + i);
                if (i % 5 == 0) {
                    node.awaitArchived(room, i);
                }
            }
            assertEquals(between(1, 35), node.backwards(room, 7));
            assertEquals(between(1, 35), node.backwards(room, 100));
            assertEquals(between(1, 35), node.forwards(room, 7));
            assertEquals(between(1, 35), node.forwards(room, 100));

            // A member that comes back is sent no more than the history may have.
            assertEquals(between(26, 32), ArchivedNode.offsets(get(node.relay.historyAfter(room, 3, 7))));
            HistoryPage middle = get(node.relay.historyBefore(room, 30, 10));
            assertEquals(between(20, 29), ArchivedNode.offsets(middle));
            assertTrue(middle.more());
            assertEquals(0, node.metrics.get(Counter.ARCHIVE_MISSED));
            assertEquals(35, node.metrics.get(Counter.ARCHIVE_STORED));
        }
    }

    @Test
    void whatLeftRedisWhileTheDatabaseWasAwayIsAHole() {
        try (ArchivedNode node = node()) {
            for (int i = 1; i <= 5; i++) {
                node.publish(room, "m" + i);
            }
            node.awaitArchived(room, 5);
            POSTGRES.process().stop();
            try {
                for (int i = 6; i <= 30; i++) {
                    node.publish(room, "m" + i);
                }
                Await.until("the node tells that it loses messages", 30, node.metrics::isArchiveLosing);
                Await.until("the lag is told", 30, () -> node.metrics.archiveLagMillis() > 0);
            } finally {
                POSTGRES.process().start();
            }
            Await.until("the database is back", 30, () -> node.metrics.get(Counter.ARCHIVE_MISSED) > 0);
            node.awaitArchived(room, 30);
            Await.until("no lag", 30, () -> node.metrics.archiveLagMillis() == 0);
            assertFalse(node.metrics.isArchiveLosing());

            long first = 30L - TEN.messages() + 1;
            List<Long> kept = Stream.concat(between(1, 5).stream(), between(first, 30).stream())
                    .toList();
            assertEquals(kept, node.backwards(room, 4));
            assertEquals(kept, node.backwards(room, 100));
            assertEquals(kept, node.forwards(room, 4));
            // No page has both sides of the hole.
            assertEquals(between(first, 30), ArchivedNode.offsets(get(node.relay.historyBefore(room, 0, 100))));
            assertEquals(between(1, 5), ArchivedNode.offsets(get(node.relay.historyBefore(room, first, 100))));
            assertEquals(between(1, 5), ArchivedNode.offsets(get(node.relay.browseAfter(room, 0, 100))));
            assertEquals(first - 6, node.metrics.get(Counter.ARCHIVE_MISSED));

            // Nor has one that comes from the archive alone.
            for (int i = 31; i <= 45; i++) {
                node.publish(room, "m" + i);
                node.awaitArchived(room, i);
            }
            assertEquals(between(first, 34), ArchivedNode.offsets(get(node.relay.historyBefore(room, 35, 100))));
            assertEquals(Stream.concat(kept.stream(), between(31, 45).stream()).toList(), node.backwards(room, 100));
        }
    }

    @Test
    void anotherNodeGoesOnWhereOneHasDied() {
        try (ArchivedNode first = node()) {
            first.publish(room, "m1");
            first.awaitArchived(room, 1);
            try (ArchivedNode second = node()) {
                for (int i = 2; i <= 8; i++) {
                    first.publish(room, "m" + i);
                }
                // Each finds what the other has copied.
                assertEquals(0, second.metrics.get(Counter.ARCHIVE_STORED));
                second.awaitFound("m1", 1);
                first.abandon();
                second.awaitArchived(room, 8);
                assertEquals(between(1, 8), second.backwards(room, 3));
                second.publish(room, "m9");
                second.awaitFound("m9", 9);
                second.awaitFound("m1", 1);
            }
        }
    }

    @Test
    void nothingIsMissingWhileTheWindowHolds() {
        try (ArchivedNode node = node(4)) {
            node.publish(room, "m1");
            node.awaitArchived(room, 1);
            POSTGRES.process().stop();
            try {
                for (int i = 2; i <= 35; i++) {
                    node.publish(room, "m" + i);
                }
                // Nothing is hidden that is not archived, and a member that comes back is sent no more than usual.
                assertEquals(between(1, 35), ArchivedNode.offsets(get(node.relay.historyBefore(room, 0, 100))));
                assertEquals(between(26, 35), ArchivedNode.offsets(get(node.relay.historyAfter(room, 3, 100))));
            } finally {
                POSTGRES.process().start();
            }
            node.awaitArchived(room, 35);
            assertEquals(between(1, 35), node.backwards(room, 8));
            assertEquals(0, node.metrics.get(Counter.ARCHIVE_MISSED));
            Await.until(
                    "Redis drops what it does not show",
                    () -> get(node.broker.logs().read(room, null, 1, 1)).first() == 26);
        }
    }

    @Test
    void whatIsTooOldIsDeletedAndTheRoomGoesOn() {
        Position last;
        try (ArchivedNode node = node(4)) {
            for (int i = 1; i <= 25; i++) {
                last = node.publish(room, "m" + i);
            }
            last = node.publish(room, "m26");
            node.awaitArchived(room, 26);
            node.awaitFound("m26", 26);
        }
        try (ArchivedNode node = new ArchivedNode(
                        RedisSettings.parse(redis.uri()), url, TEN.everywhere(), 4, Duration.ofMillis(1), false)
                .start()) {
            Await.until("all are deleted", () -> node.metrics.get(Counter.ARCHIVE_DELETED) == 26);
            assertEquals(List.of(), node.archive.after(room, last.epoch(), 0, 100, 1 << 20));
            assertEquals(new Position(last.epoch(), 27), node.publish(room, "m27"));
            node.awaitArchived(room, 27);
            assertEquals(27, node.archive.firstOffset(room, last.epoch()));
            // What was deleted is no hole, and is not copied again.
            assertEquals(0, node.metrics.get(Counter.ARCHIVE_MISSED));
            assertEquals(1, node.metrics.get(Counter.ARCHIVE_STORED));
        }
    }

    @Test
    void aFurtherEpochContinuesTheHistory() {
        try (ArchivedNode node = node()) {
            for (int i = 1; i <= 5; i++) {
                node.publish(room, "m" + i);
            }
            node.awaitArchived(room, 5);
            Position last = get(node.relay.position(room));
            get(node.broker.logs().renumber(room, SeenMessage.of(last, null)));
            for (int i = 6; i <= 30; i++) {
                node.publish(room, "m" + i);
                if (i % 5 == 0) {
                    node.awaitArchived(room, i);
                }
            }
            assertNotEquals(last.epoch(), get(node.relay.position(room)).epoch());
            assertEquals(between(1, 30), node.backwards(room, 7));
            assertEquals(between(1, 30), node.forwards(room, 7));
            assertEquals(30, node.metrics.get(Counter.ARCHIVE_STORED), "each is stored once");
        }
    }

    @Test
    void aRoomThatCannotBeReadHoldsUpNoOther() {
        RoomName strange = new RoomName("strange");
        try (ArchivedNode node = node();
                Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            node.publish(strange, "m1");
            node.awaitArchived(strange, 1);
            admin.set("roomcast:{strange}:numbering", "of somebody else");
            get(node.broker.logs().note(Copies.shardOf(strange), List.of(strange)));
            for (int i = 1; i <= 3; i++) {
                node.publish(room, "m" + i);
                node.awaitArchived(room, i);
            }
        }
    }

    private static Position place(Position epoch, long offset) {
        return new Position(epoch.epoch(), offset);
    }

    /** Nobody has told the archiver of these rooms, which are on three servers. */
    @Test
    void roomsOfAllServersOfAClusterAreFound() {
        List<RoomName> rooms =
                IntStream.range(0, 60).mapToObj(i -> new RoomName("room-" + i)).toList();
        try (ClusterTrio cluster = ClusterTrio.launch();
                RedisNode before = new RedisNode(cluster.settings())) {
            rooms.forEach(each -> before.publish(each, "m1"));
            try (ArchivedNode node = new ArchivedNode(cluster.settings(), url, TEN.everywhere(), 1).start()) {
                rooms.forEach(each -> node.awaitArchived(each, 1));
                rooms.forEach(each -> node.publish(each, "m2"));
                rooms.forEach(each -> node.awaitArchived(each, 2));
                for (RoomName each : rooms.subList(0, 6)) {
                    RelayRecords.Found found = get(node.broker.records().find(each, "m2", 0));
                    StoredMessage last = found.messages().get(0);
                    byte[] erased = MessageFrames.erased(each, last.body());
                    get(node.relay.replace(each, "any", List.of(new StoredMessage(last.offset(), erased))));
                    Position end = new Position(found.epoch(), 2);
                    get(node.broker.records().claim(each, end, place(end, 3), place(end, 5)));
                    assertEquals(place(end, 6), node.publish(each, "m6"));
                }
            }
        }
    }

    /** Whatever Redis forgets: a place never has two messages, and what was archived stays. */
    @Test
    void redisIsEmptiedUnderLoad() throws Exception {
        Map<Position, String> acknowledged = new ConcurrentHashMap<>();
        try (ArchivedNode node = node(100);
                Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            node.publish(room, "before");
            node.awaitArchived(room, 1);
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger number = new AtomicInteger();
            Thread publisher = new Thread(() -> {
                while (!stop.get()) {
                    String content = "m" + number.incrementAndGet();
                    acknowledged.put(node.publish(room, content), content);
                }
            });
            publisher.start();
            Await.until("messages", () -> acknowledged.size() > 300);
            String epoch = get(node.relay.position(room)).epoch();
            long archived = node.archive.numbering(room).orElseThrow().offset();
            admin.flushAll();
            Await.until(
                    "a new epoch",
                    () -> acknowledged.keySet().stream()
                                    .filter(position -> !position.epoch().equals(epoch))
                                    .count()
                            > 100);
            stop.set(true);
            publisher.join();
            Position last = get(node.relay.position(room));
            node.awaitArchived(room, last.offset());
            Await.until(
                    "the new epoch is archived",
                    () -> node.archive.numbering(room).orElseThrow().epoch().equals(last.epoch()));
            node.awaitArchived(room, last.offset());

            acknowledged.forEach((position, content) -> {
                List<Archive.Message> found =
                        node.archive.after(room, position.epoch(), position.offset() - 1, 1, 1 << 20);
                boolean isStored = !found.isEmpty() && found.get(0).offset() == position.offset();
                assertTrue(
                        isStored || position.epoch().equals(epoch) && position.offset() > archived,
                        () -> position + " is archived");
                if (isStored) {
                    assertEquals(
                            new String(RedisNode.body(content), UTF_8),
                            new String(found.get(0).body(), UTF_8));
                }
            });
        }
    }
}
