package io.roomcast.redis;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.support.redis.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes that have different limits for the history of a room, as while they are restarted with others. */
class OtherHistoryLimitsTest {
    private static final HistoryLimits HOURS = new HistoryLimits(100, Duration.ofHours(1), 1 << 20);
    private static final HistoryLimits MINUTES = new HistoryLimits(100, Duration.ofMinutes(30), 1 << 20);
    private static final HistoryLimits NOTHING = new HistoryLimits(0, Duration.ofHours(1), 1 << 20);
    private static final HistoryLimits YEARS = new HistoryLimits(100, Duration.ofDays(365), 1 << 20);

    @RegisterExtension
    final TestRedis redis = new TestRedis();

    private final RoomName room = new RoomName("lobby-" + UUID.randomUUID());

    @Test
    void theLogHasNoGapWhereOneNodeKeepsNothing() {
        try (RedisNode keeps = node(HOURS);
                RedisNode forgets = node(NOTHING)) {
            keeps.publish(room, "1");
            keeps.publish(room, "2");
            Position last = forgets.publish(room, "3");
            assertEquals(List.of(), offsets(keeps), "no message is left whose successor is not kept");
            keeps.publish(room, "4");
            Position next = keeps.publish(room, "5");

            assertEquals(List.of(4L, 5L), offsets(keeps));
            assertEquals(new Position(last.epoch(), 5), next, "the numbering goes on");
            assertTrue(ttl("log") > HOURS.age().toMillis(), "the log that began anew expires, too");
        }
    }

    @Test
    void aMessageLivesAsLongAsItsNodeSaysAfterOneOfAShorterLife() {
        try (RedisNode longer = node(HOURS);
                RedisNode shorter = node(MINUTES)) {
            longer.publish(room, "1");
            shorter.publish(room, "2");
            assertTrue(ttl("log") < HOURS.age().toMillis(), "the shorter life");
            longer.publish(room, "3");
            assertTrue(ttl("log") > HOURS.age().toMillis(), "the longer life again, though no mark is due");
            assertEquals(List.of(1L, 2L, 3L), offsets(longer));
        }
    }

    @Test
    void theNumberingLivesForTheLongestHistory() {
        try (RedisNode longer = node(YEARS);
                RedisNode shorter = node(HOURS)) {
            shorter.publish(room, "1");
            longer.publish(room, "2");
            assertTrue(ttl("numbering") > YEARS.age().toMillis());
        }
    }

    @Test
    void manyPublishesOfSuchNodesLeaveFewMarks() {
        try (RedisNode longer = node(HOURS);
                RedisNode shorter = node(MINUTES)) {
            for (int i = 0; i < 50; i++) {
                (i % 2 == 0 ? longer : shorter).publish(room, "m" + i);
            }
            String marks = redis.admin().hget(key("numbering"), "marks");
            assertEquals(1, marks.chars().filter(c -> c == ';').count(), marks);
            assertEquals(LongStream.rangeClosed(1, 50).boxed().toList(), offsets(longer));
        }
    }

    private RedisNode node(HistoryLimits limits) {
        return new RedisNode(RedisSettings.parse(redis.uri()), limits.everywhere());
    }

    private List<Long> offsets(RedisNode reader) {
        return get(reader.relay.historyAfter(room, 0, 100)).messages().stream()
                .map(StoredMessage::offset)
                .toList();
    }

    private long ttl(String key) {
        return redis.admin().pttl(key(key));
    }

    private String key(String key) {
        return "roomcast:{" + room + "}:" + key;
    }
}
