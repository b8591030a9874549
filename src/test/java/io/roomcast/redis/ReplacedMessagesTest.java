package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.upTo;
import static io.roomcast.support.Stages.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayRecords;
import io.roomcast.support.redis.TestRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.resps.StreamEntry;

/** Messages of a log get other bodies: nothing else of the log changes, and what is refused changes nothing. */
class ReplacedMessagesTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    /** More than a call of the script copies. */
    private static final int MANY = 4_500;

    private final LimitedUser limited = new LimitedUser(REDIS);
    private final RoomName room = new RoomName("lobby-" + UUID.randomUUID());
    private final String log = "roomcast:{" + room.value() + "}:log";
    private RedisNode node;

    @BeforeEach
    void start() {
        limited.allow();
        node = new RedisNode(limited.settings());
        node.awaitProbe();
    }

    @AfterEach
    void stop() {
        limited.allow();
        node.close();
    }

    private void publish(int first, int last) {
        for (int from = first; from <= last; from += 500) {
            List<Relay.Entry> entries = IntStream.rangeClosed(from, Math.min(last, from + 499))
                    .mapToObj(i -> new Relay.Entry(null, body(i)))
                    .toList();
            get(node.relay.publishAll(room, entries));
        }
    }

    /** As the service writes it: the time is first. */
    private static byte[] body(long number) {
        return ("{\"at\":" + (1_000 + number) + ",\"content\":\"" + (number % 3 == 0 ? "secret" : "other") + "\"}")
                .getBytes(UTF_8);
    }

    private List<StoredMessage> secrets() {
        List<StoredMessage> all = new ArrayList<>();
        RelayRecords.Found page;
        long after = 0;
        do {
            page = get(node.relay.records().find(room, "secret", after));
            all.addAll(page.messages());
            after = page.next();
        } while (after > 0);
        return all;
    }

    private CompletionStage<Void> erase(List<StoredMessage> messages) {
        return node.relay.replace(
                room,
                "any",
                messages.stream()
                        .map(each -> new StoredMessage(each.offset(), MessageFrames.erased(room, each.body())))
                        .toList());
    }

    private List<StreamEntry> entries() {
        return REDIS.admin().xrange(log, (StreamEntryID) null, (StreamEntryID) null);
    }

    @Test
    void onlyTheBodiesChangeAndTheRoomGoesOn() {
        publish(1, MANY);
        get(node.relay.subscribe(room));
        Position before = get(node.relay.position(room));
        List<StreamEntry> old = entries();
        List<StoredMessage> found = secrets();
        assertEquals(MANY / 3, found.size());
        long life = REDIS.admin().pttl(log);
        get(erase(found));

        List<StreamEntry> now = entries();
        assertEquals(
                old.stream().map(StreamEntry::getID).toList(),
                now.stream().map(StreamEntry::getID).toList());
        for (int i = 0; i < now.size(); i++) {
            assertEquals(
                    old.get(i).getFields().get("at"), now.get(i).getFields().get("at"));
            String body = now.get(i).getFields().get("body");
            if ((i + 1) % 3 == 0) {
                assertTrue(MessageFrames.isErased(body.getBytes(UTF_8)), body);
                assertTrue(body.startsWith("{\"at\":" + (1_001 + i) + ","), body);
            } else {
                assertEquals(old.get(i).getFields().get("body"), body);
            }
        }
        assertEquals(List.of(), secrets());
        assertTrue(Math.abs(REDIS.admin().pttl(log) - life) < 60_000, "it still expires");
        assertEquals(Set.of(), REDIS.admin().keys("*:copy:*"));

        publish(MANY + 1, MANY + 3);
        node.listener.await("the next", () -> node.listener.count(room) == 3);
        assertEquals(new Position(before.epoch(), MANY + 3), get(node.relay.position(room)));
        assertEquals(List.of(), node.listener.resets(room));
    }

    /** The last message is the one that nodes compare with what they have seen. */
    @Test
    void theEpochGoesOnWhereTheLastMessageIsErased() {
        try (RedisNode other = new RedisNode(RedisSettings.parse(REDIS.uri()))) {
            get(other.relay.subscribe(room));
            publish(1, 3);
            other.listener.await("all", () -> other.listener.count(room) == 3);
            String epoch = get(node.relay.position(room)).epoch();
            get(erase(secrets()));
            // Both read the log again, and compare.
            REDIS.admin().clientKill(ClientKillParams.clientKillParams().type(ClientType.PUBSUB));
            node.awaitProbe();
            other.awaitProbe();
            publish(4, 4);
            other.listener.await("the next", () -> other.listener.count(room) == 4);
            assertEquals(epoch, get(other.relay.position(room)).epoch());
            assertEquals(upTo(4), other.listener.offsets(room));
            assertEquals(List.of(), other.listener.resets(room));
        }
    }

    @Test
    void aMessageOfAnotherTimeIsAnotherMessage() {
        publish(1, 3);
        get(node.relay.replace(room, "any", List.of(new StoredMessage(3, MessageFrames.erased(room, body(4))))));
        assertEquals(1, secrets().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-set", "-xadd", "-xtrim", "-xsetid", "-pexpire", "-hincrby", "-rename", "-del"})
    void whatIsRefusedChangesNothing(String rule) {
        publish(1, 5);
        List<String> before = entries().stream().map(StreamEntry::toString).toList();
        limited.allow(rule);
        CompletionStage<Void> refused = erase(secrets());
        assertThrows(
                CompletionException.class, () -> refused.toCompletableFuture().join());
        limited.allow();
        assertEquals(before, entries().stream().map(StreamEntry::toString).toList());
        for (String key : REDIS.admin().keys("roomcast:{" + room.value() + "}*")) {
            assertTrue(REDIS.admin().pttl(key) > 0, key + " expires");
        }
        get(erase(secrets()));
        assertEquals(List.of(), secrets());
        publish(6, 6);
        assertEquals(6, get(node.relay.position(room)).offset());
    }

    /** Each has found other messages, and copies the log at the same time. */
    @Test
    void twoWhoReplaceAtTheSameTimeLoseNothing() {
        publish(1, MANY);
        List<StoredMessage> found = secrets();
        List<StoredMessage> others =
                get(node.relay.records().find(room, "other", 0)).messages();
        CompletionStage<Void> one = erase(found);
        CompletionStage<Void> two = erase(others);
        publish(MANY + 1, MANY + 2);
        get(one);
        get(two);
        assertEquals(List.of(), secrets());
        StoredMessage first =
                get(node.relay.records().find(room, "", 0)).messages().get(0);
        assertArrayEquals(MessageFrames.erased(room, body(1)), first.body());
        assertEquals(MANY + 2, get(node.relay.position(room)).offset());
        assertEquals(MANY + 2, entries().size());
    }
}
