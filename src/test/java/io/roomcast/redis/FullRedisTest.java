package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.body;
import static io.roomcast.redis.RedisNode.upTo;
import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.support.redis.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.resps.Tuple;

/** A Redis that has reached its maxmemory refuses what would need more, as a whole, and does not grow. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullRedisTest {
    private static final int ROOMS = 500;
    /** Less than the numbering of a room takes. */
    private static final long BYTES_OF_A_ROOM = 100;

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final String PRESENCE = "roomcast:{lobby}:presence";
    private static final Pattern USED = Pattern.compile("used_memory:(\\d+)");

    @RegisterExtension
    final TestRedis redis = new TestRedis();

    private final RoomName room = new RoomName("lobby");
    private RedisNode node;

    @BeforeEach
    void start() {
        node = new RedisNode(RedisSettings.parse(redis.uri()));
        node.awaitProbe();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void fill() {
        redis.admin().configSet("maxmemory", "1");
    }

    private void empty() {
        redis.admin().configSet("maxmemory", "0");
    }

    private long used() {
        Matcher used = USED.matcher(redis.admin().info("memory"));
        assertTrue(used.find());
        return Long.parseLong(used.group(1));
    }

    private static List<RoomName> rooms(String prefix) {
        List<RoomName> rooms = new ArrayList<>();
        for (int i = 0; i < ROOMS; i++) {
            rooms.add(new RoomName(prefix + i));
        }
        return rooms;
    }

    private void doesNotGrow(Function<RoomName, CompletionStage<?>> call) {
        fill();
        // What connections and scripts take once does not count.
        rooms("before").forEach(each -> assertUnavailable(call.apply(each)));
        long keys = redis.admin().dbSize();
        long bytes = used();
        rooms("after").forEach(each -> assertUnavailable(call.apply(each)));

        assertEquals(keys, redis.admin().dbSize());
        assertTrue(used() - bytes < ROOMS * BYTES_OF_A_ROOM, () -> bytes + " bytes have become " + used());
    }

    @Test
    void doesNotGrowByJoinsOfNewRooms() {
        doesNotGrow(each -> node.relay.subscribe(each));
    }

    @Test
    void doesNotGrowByReadsOfNewRooms() {
        doesNotGrow(each -> node.relay.historyAfter(each, 0, 10));
        doesNotGrow(each -> node.relay.historyBefore(each, 0, 10));
        doesNotGrow(each -> node.relay.position(each));
    }

    @Test
    void doesNotGrowByPublishesToNewRooms() {
        doesNotGrow(each -> node.relay.publish(each, null, body("first")));
        doesNotGrow(each -> node.relay.publish(each, "key", body("first")));
    }

    @Test
    void publishIsRefusedAsAWholeAndRepeatedOnceThereIsSpace() {
        Position one = node.publish(room, "one");
        get(node.relay.subscribe(room));
        long keys = redis.admin().dbSize();
        fill();
        for (int i = 0; i < 3; i++) {
            assertUnavailable(node.relay.publish(room, "key", body("two")));
        }
        assertEquals(keys, redis.admin().dbSize());
        assertEquals(one, get(node.relay.position(room)), "it can still be read, and nothing was stored");
        empty();

        Position two = node.publish(room, "key", "two");
        assertEquals(new Position(one.epoch(), 2), two);
        assertEquals(two, node.publish(room, "key", "two"), "it is known by its key");
        node.publish(room, "three");
        node.listener.awaitCount(room, 2);
        assertEquals(List.of(2L, 3L), node.listener.offsets(room));
        assertEquals(upTo(3), offsets());
    }

    @Test
    void knownOnesAmongSeveralAreAnsweredAndTheNextIsRefused() {
        Position one = node.publish(room, "key", "one");
        List<Relay.Entry> entries = List.of(
                new Relay.Entry("key", body("one")),
                new Relay.Entry("two", body("two")),
                new Relay.Entry("three", body("three")));
        fill();
        for (int i = 0; i < 3; i++) {
            Relay.Prefix prefix = get(node.relay.publishAll(room, entries));
            assertEquals(List.of(one), prefix.positions());
            assertInstanceOf(RelayUnavailableException.class, prefix.refusal());
        }
        empty();
        Relay.Prefix prefix = get(node.relay.publishAll(room, entries));
        assertNull(prefix.refusal());
        assertEquals(upTo(3), offsets());
    }

    @Test
    void enteringAndLeavingAreRefusedAsAWholeAndTakeEffectOnceThereIsSpace() {
        User bob = User.of(new UserId("bob"));
        RedisSettings settings = RedisSettings.parse(redis.uri());
        try (PresenceNode speaker = new PresenceNode(settings, LEASE, 100);
                PresenceNode hearer = new PresenceNode(settings, LEASE, 100)) {
            hearer.watch(room);
            speaker.enter(room, "ann");
            speaker.enter(room, "cem");
            hearer.told.awaitChanges(room, "+ann", "+cem");
            long keys = redis.admin().dbSize();
            List<Tuple> before = redis.admin().zrangeWithScores(PRESENCE, 0, -1);
            fill();
            assertUnavailable(speaker.store.enter(room, bob, "of-bob"));
            assertUnavailable(speaker.store.leave(room, new UserId("cem"), "of-cem"));
            rooms("new").forEach(each -> assertUnavailable(speaker.store.enter(each, bob, "of-bob")));
            assertEquals(before, redis.admin().zrangeWithScores(PRESENCE, 0, -1));
            assertEquals(keys, redis.admin().dbSize());
            empty();

            speaker.awaitRoster(room, "ann", "bob");
            hearer.told.awaitList(room, new UserId("ann"), new UserId("bob"));
            assertEquals(List.of(), hearer.told.wrong());
            assertEquals(
                    List.of("+ann", "+bob", "+cem", "-cem"),
                    hearer.told.changes(room).stream()
                            .flatMap(change -> Stream.of(change.split(" ")))
                            .sorted()
                            .toList());
            rooms("new").forEach(each -> hearer.awaitRoster(each, "bob"));
        }
    }

    private List<Long> offsets() {
        return get(node.relay.historyAfter(room, 0, 10)).messages().stream()
                .map(message -> message.offset())
                .toList();
    }
}
