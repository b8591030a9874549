package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.body;
import static io.roomcast.redis.RedisNode.upTo;
import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.support.redis.TestRedis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.RestoreParams;
import redis.clients.jedis.params.XAddParams;

/** Somebody else writes to the keys of a room: it takes nothing while they are of another type, and loses nothing; other rooms go on. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StrangeKeysTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private final RoomName room = new RoomName("lobby-" + UUID.randomUUID());
    private final RoomName other = new RoomName("garden-" + UUID.randomUUID());
    private final RoomKeys keys = RoomKeys.of(room, "roomcast", 0, RedisNode.PLENTY);
    private RedisNode node;

    @BeforeEach
    void start() {
        node = new RedisNode(RedisSettings.parse(REDIS.uri()));
        node.awaitProbe();
        get(node.relay.subscribe(room));
        node.publish(room, "one");
        node.publish(room, "two");
    }

    @AfterEach
    void stop() {
        node.close();
    }

    static Stream<Arguments> types() {
        return Stream.of("numbering", "log", "memory")
                .flatMap(key -> Stream.of("string", "list", "set", "sorted", "hash", "stream")
                        .map(type -> Arguments.of(key, type)))
                // What has the right type is another case.
                .filter(each -> !List.of("numbering hash", "log stream", "memory string")
                        .contains(each.get()[0] + " " + each.get()[1]));
    }

    private byte[] key(String name) {
        return switch (name) {
            case "numbering" -> keys.numbering();
            case "log" -> keys.log();
            default -> keys.idempotencyKey("key");
        };
    }

    private static void write(byte[] key, String type) {
        byte[] any = {'x'};
        switch (type) {
            case "string" -> REDIS.admin().set(key, any);
            case "list" -> REDIS.admin().rpush(key, any);
            case "set" -> REDIS.admin().sadd(key, any);
            case "sorted" -> REDIS.admin().zadd(key, 1, any);
            case "hash" -> REDIS.admin().hset(key, any, any);
            default -> REDIS.admin().xadd(key, new XAddParams().id(new StreamEntryID(7, 7)), Map.of(any, any));
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void keyOfAnotherTypeKeepsItsRoomAwayAndNoOther(String name, String type) {
        byte[] dump = REDIS.admin().dump(key(name));
        REDIS.admin().del(key(name));
        write(key(name), type);
        assertUnavailable(node.relay.publish(room, "key", body("three")));
        assertUnavailable(node.relay.publish(room, "key", body("three")));
        node.publish(other, "goes on");
        REDIS.admin().del(key(name));
        if (dump != null) {
            REDIS.admin().restore(key(name), 0, dump, RestoreParams.restoreParams());
        }

        Position three = node.publish(room, "key", "three");
        assertEquals(3, three.offset());
        assertEquals(three, node.publish(room, "key", "three"));
        assertEquals(List.of("one", "two", "three"), contents());
        node.listener.awaitCount(room, 3);
        assertEquals(upTo(3), node.listener.offsets(room));
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "set", "sorted", "hash", "stream"})
    void keyOfAnotherTypeAmongSeveralEndsTheirBeginning(String type) {
        write(keys.idempotencyKey("key"), type);
        List<Relay.Entry> entries = Stream.of("three", "four", "five")
                .map(content -> new Relay.Entry(content.equals("four") ? "key" : content, body(content)))
                .toList();
        for (int i = 0; i < 2; i++) {
            Relay.Prefix prefix = get(node.relay.publishAll(room, entries));
            assertEquals(List.of(3L), offsets(prefix));
            assertInstanceOf(RelayUnavailableException.class, prefix.refusal());
        }
        assertEquals(List.of("one", "two", "three"), contents());
        REDIS.admin().del(keys.idempotencyKey("key"));

        Relay.Prefix prefix = get(node.relay.publishAll(room, entries));
        assertNull(prefix.refusal());
        assertEquals(List.of(3L, 4L, 5L), offsets(prefix));
        assertEquals(List.of("one", "two", "three", "four", "five"), contents());
        node.listener.awaitCount(room, 5);
        assertEquals(upTo(5), node.listener.offsets(room));
    }

    private static List<Long> offsets(Relay.Prefix prefix) {
        return prefix.positions().stream().map(Position::offset).toList();
    }

    @Test
    void entryThatIsNoMessageIsPassedOver() {
        write(keys.log(), "stream");
        Position three = node.publish(room, "three");
        assertEquals(List.of("one", "two", "three"), contents());
        assertEquals(
                List.of(three.offset()),
                get(node.relay.historyBefore(room, 0, 1)).messages().stream()
                        .map(StoredMessage::offset)
                        .toList());
    }

    @Test
    void messageBehindTheNumberingHasNoPlaceYet() {
        Position two = get(node.relay.position(room));
        Map<String, String> stray = new LinkedHashMap<>();
        stray.put("at", String.valueOf(System.currentTimeMillis()));
        stray.put("body", "{\"content\":\"stray\"}");
        REDIS.admin().xadd(new String(keys.log(), UTF_8), new XAddParams().id(new StreamEntryID(3, 0)), stray);
        assertEquals(List.of("one", "two"), contents());
        assertEquals(
                2, get(node.relay.historyBefore(room, 0, 1)).messages().get(0).offset());
        assertNotEquals(two.epoch(), node.publish(room, "three").epoch());
    }

    private List<String> contents() {
        return get(node.relay.historyAfter(room, 0, 10)).messages().stream()
                .map(message -> new String(message.body(), UTF_8).replaceAll(".*:\"|\"}", ""))
                .toList();
    }
}
