package io.roomcast.redis;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.redis.TestRedis;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a room takes in Redis: one with little in it takes little. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmallRoomTest {
    private static final int ROOMS = 2_000;
    private static final String LOG = "roomcast:{copied}:log";
    private static final long HALF_OF_A_NEW_STREAM = 2_048;
    private static final String CONTENT = "hello there, this is a message of the usual length, as people write them";
    /** Buffers of connections come and go. */
    private static final Pattern USED = Pattern.compile("(?s)used_memory:(\\d+).*mem_clients_normal:(\\d+)");

    @RegisterExtension
    final TestRedis redis = new TestRedis();

    private RedisNode node;

    @BeforeEach
    void start() {
        node = new RedisNode(RedisSettings.parse(redis.uri()));
        node.awaitProbe();
        publish("warm", 100, "key"); // What connections and scripts take once does not count.
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void publish(String prefix, int rooms, String key) {
        List<CompletionStage<?>> publishes = new ArrayList<>();
        for (int i = 0; i < rooms; i++) {
            publishes.add(node.relay.publish(
                    new RoomName(prefix + "-" + i), key, RedisNode.body(CONTENT, System.currentTimeMillis())));
        }
        publishes.forEach(publish -> get(publish));
    }

    private long used() {
        Matcher used = USED.matcher(redis.admin().info("memory"));
        assertTrue(used.find());
        return Long.parseLong(used.group(1)) - Long.parseLong(used.group(2));
    }

    private String keys(String room) {
        return Stream.of(redis.admin().keys("roomcast:{" + room + "}*").toArray(String[]::new))
                .map(key -> key.replaceAll("\\s", "|") + " " + redis.admin().memoryUsage(key))
                .collect(Collectors.joining(", "));
    }

    @Test
    void roomWithOneMessageTakesLessThanAKilobyte() {
        long before = used();
        publish("lobby", ROOMS, "ann\n0123456789abcdef");
        long each = (used() - before) / ROOMS;

        assertTrue(each < 1_024, () -> each + " bytes: " + keys("lobby-7"));
    }

    /** The log is copied. It is the same afterwards, also in what it expects next and when it expires. */
    @Test
    void smallLogGoesOnAsAnyOther() {
        RoomName room = new RoomName("copied");
        Position first = node.publish(room, "key", "m1");
        assertTrue(redis.admin().memoryUsage(LOG) < HALF_OF_A_NEW_STREAM, () -> keys("copied"));
        assertTrue(redis.admin().pttl(LOG) > RedisNode.PLENTY.age().toMillis());
        assertEquals(new Position(first.epoch(), 2), node.publish(room, "m2"));
        assertEquals(first, node.publish(room, "key", "m1"), "it is known by its key");
        assertEquals(List.of("m1", "m2"), contents(room));
    }

    /** A room was quiet for longer than its messages are kept. */
    @Test
    void logThatBeginsAgainIsSmallToo() {
        RoomName room = new RoomName("copied");
        Position first = node.publish(room, "m1");
        redis.admin().del(LOG);
        redis.admin().hset("roomcast:{copied}:numbering", "at", "1");

        assertEquals(new Position(first.epoch(), 2), node.publish(room, "m2"));
        assertTrue(redis.admin().memoryUsage(LOG) < HALF_OF_A_NEW_STREAM, () -> keys("copied"));
        assertEquals(List.of("m2"), contents(room));
    }

    private List<String> contents(RoomName room) {
        return get(node.relay.historyAfter(room, 0, 10)).messages().stream()
                .map(message -> new String(message.body(), StandardCharsets.UTF_8).replaceAll(".*:\"|\"}", ""))
                .toList();
    }
}
