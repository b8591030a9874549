package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.body;
import static io.roomcast.redis.RedisNode.upTo;
import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.support.redis.TestRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.args.ClientPauseMode;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** Publishes of several rooms in one call of the script: what is refused of one does not concern the others. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedCallTest {
    private static final int ROOMS = 12;
    private static final int EACH = 20;
    private static final Pattern CALLS = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");

    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private final String prefix = UUID.randomUUID().toString();
    private final List<RoomName> rooms = IntStream.range(0, ROOMS)
            .mapToObj(i -> new RoomName((i == 5 ? "bad-" : "good-") + i + "-" + prefix))
            .toList();
    private final RoomName bad = rooms.get(5);
    private final LimitedUser limited = new LimitedUser(REDIS);
    private RedisNode node;

    @BeforeEach
    void start() {
        limited.allow();
        node = new RedisNode(limited.settings());
        node.awaitProbe();
        rooms.forEach(room -> get(node.relay.subscribe(room)));
    }

    @AfterEach
    void stop() {
        REDIS.admin().configSet("maxmemory", "0");
        limited.allow();
        node.close();
    }

    /** One message for each room, and again. While Redis pauses, what is published gathers. */
    private List<CompletionStage<Position>> publishTogether(String name, int each) {
        List<CompletionStage<Position>> acks = new ArrayList<>();
        REDIS.admin().clientPause(30_000, ClientPauseMode.WRITE);
        for (int i = 0; i < each * ROOMS; i++) {
            acks.add(node.relay.publish(rooms.get(i % ROOMS), name + i, body(name + i / ROOMS)));
        }
        REDIS.admin().clientUnpause();
        return acks;
    }

    private static boolean isStored(CompletionStage<Position> ack) {
        try {
            ack.toCompletableFuture().join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    private static int calls() {
        Matcher calls = CALLS.matcher(REDIS.admin().info("commandstats"));
        assertTrue(calls.find());
        return Integer.parseInt(calls.group(1));
    }

    private List<String> contents(RoomName room) {
        return get(node.relay.historyAfter(room, 0, 100)).messages().stream()
                .map(message -> new String(message.body(), UTF_8).replaceAll(".*:\"|\"}", ""))
                .toList();
    }

    private static List<String> contents(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + i).toList();
    }

    @Test
    void publishesThatWaitShareCalls() {
        int before = calls();
        List<CompletionStage<Position>> acks = publishTogether("m", EACH);
        for (int i = 0; i < acks.size(); i++) {
            assertEquals(i / ROOMS + 1, get(acks.get(i)).offset());
        }
        int used = calls() - before;
        assertTrue(used < ROOMS * EACH / 8, () -> used + " calls");
        for (RoomName room : rooms) {
            assertEquals(contents("m", EACH), contents(room));
            node.listener.awaitCount(room, EACH);
            assertEquals(upTo(EACH), node.listener.offsets(room));
        }
    }

    @Test
    void oneKeyIsStoredOnceInACall() {
        REDIS.admin().clientPause(30_000, ClientPauseMode.WRITE);
        List<CompletionStage<Position>> acks = IntStream.range(0, 60)
                .mapToObj(i -> node.relay.publish(rooms.get(i % 3), "same", body("m")))
                .toList();
        REDIS.admin().clientUnpause();
        acks.forEach(ack -> assertEquals(1, get(ack).offset()));
        assertEquals(List.of("m"), contents(rooms.get(0)));
        assertEquals(2, node.publish(rooms.get(0), "next").offset());
    }

    @ParameterizedTest
    @ValueSource(strings = {"numbering", "log", "key:m5"})
    void keyOfAnotherTypeKeepsNoOtherRoomAway(String name) {
        String key = "roomcast:{" + bad.value() + "}:" + name;
        REDIS.admin().del(key);
        REDIS.admin().sadd(key, "x");
        List<CompletionStage<Position>> acks = publishTogether("m", 1);
        for (int i = 0; i < ROOMS; i++) {
            assertEquals(i != 5, isStored(acks.get(i)));
        }
        REDIS.admin().del(key);
        assertAllAreStoredOnce();
    }

    @Test
    void roomWhoseKeysAreForbiddenKeepsNoOtherAway() {
        limited.allow("resetkeys", "~roomcast:{good*", "~roomcast:{!*");
        List<CompletionStage<Position>> acks = publishTogether("m", 1);
        for (int i = 0; i < ROOMS; i++) {
            assertEquals(i != 5, isStored(acks.get(i)));
        }
        limited.allow();
        assertAllAreStoredOnce();
    }

    /** What another call of the batch has stored meanwhile would keep a message from being sent again. */
    @Test
    void roomWhoseKeysAreForbiddenKeepsNoMoreOfOthersAwayOnceThatIsKnown() {
        limited.allow("resetkeys", "~roomcast:{good*", "~roomcast:{!*");
        publishTogether("m", 1).forEach(SharedCallTest::isStored);
        List<CompletionStage<Position>> acks = publishTogether("n", EACH);
        for (int i = 0; i < acks.size(); i++) {
            assertEquals(i % ROOMS != 5, isStored(acks.get(i)), "message " + i);
        }
    }

    @Test
    void roomWhoseChannelIsForbiddenKeepsNoOtherAway() {
        limited.allow("resetchannels", "&roomcast:{good*", "&roomcast:{!*");
        List<CompletionStage<Position>> acks = publishTogether("m", 1);
        for (int i = 0; i < ROOMS; i++) {
            assertEquals(i != 5, isStored(acks.get(i)));
        }
        assertEquals(List.of(), contents(bad));
        limited.allow();
        assertAllAreStoredOnce();
    }

    private void assertAllAreStoredOnce() {
        publishTogether("m", 1).forEach(ack -> assertEquals(1, get(ack).offset()));
        for (RoomName room : rooms) {
            assertEquals(List.of("m0"), contents(room));
        }
    }

    static List<String> commands() {
        return LuaCommands.of("numbering.lua", "publish.lua");
    }

    /** The command is refused to all: each room has what it has once the right is given back, and each message once. */
    @ParameterizedTest
    @MethodSource("commands")
    void whatIsRefusedInTheMiddleOfACallIsStoredOnceAndInOrder(String command) {
        publishTogether("earlier", 2).forEach(ack -> get(ack));
        limited.allow("-" + command);
        publishTogether("m", 3).forEach(SharedCallTest::isStored);
        publishTogether("m", 3).forEach(SharedCallTest::isStored);
        limited.allow();
        node.awaitProbe();
        for (int i = 0; i < 2; i++) {
            publishTogether("m", 3).forEach(ack -> get(ack));
        }
        for (RoomName room : rooms) {
            List<String> found = contents(room);
            assertEquals(contents("earlier", 2), found.subList(0, 2));
            assertEquals(
                    contents("m", 3),
                    found.subList(2, found.size()).stream().sorted().toList());
            assertEquals(6, node.publish(room, "last").offset(), "no offset is left out");
        }
    }

    @Test
    void fullRedisRefusesWholeCallsAndAnswersForKnownKeys() {
        Position known = node.publish(rooms.get(0), "m0", "m0");
        long keys = REDIS.admin().dbSize();
        REDIS.admin().configSet("maxmemory", "1");
        List<CompletionStage<Position>> acks = publishTogether("m", 3);
        assertEquals(known, get(acks.get(0)));
        acks.stream().skip(1).forEach(ack -> assertUnavailable(ack));
        assertEquals(keys, REDIS.admin().dbSize());
        REDIS.admin().configSet("maxmemory", "0");
        for (RoomName room : rooms) {
            assertEquals(room.equals(rooms.get(0)) ? List.of("m0") : List.of(), contents(room));
        }
    }

    @Test
    void severalMessagesOfOnePublishEndAtTheOneThatIsRefused() {
        REDIS.admin().sadd("roomcast:{" + bad.value() + "}:key:b", "x");
        List<Relay.Entry> entries = List.of(
                new Relay.Entry("a", body("a")), new Relay.Entry("b", body("b")), new Relay.Entry("c", body("c")));
        REDIS.admin().clientPause(30_000, ClientPauseMode.WRITE);
        List<CompletionStage<Relay.Prefix>> prefixes = IntStream.range(0, 5 * ROOMS)
                .mapToObj(i -> node.relay.publishAll(rooms.get(i % ROOMS), entries))
                .toList();
        CompletionStage<Position> after = node.relay.publish(bad, "d", body("d"));
        REDIS.admin().clientUnpause();
        for (int i = 0; i < prefixes.size(); i++) {
            Relay.Prefix prefix = get(prefixes.get(i));
            assertEquals(i % ROOMS == 5 ? 1 : 3, prefix.positions().size());
            assertEquals(i % ROOMS == 5, prefix.refusal() != null);
        }
        assertEquals(2, get(after).offset());
        assertEquals(List.of("a", "d"), contents(bad));
    }

    @Test
    void whoseReplyWasLostRepeatsWithTheKey() {
        REDIS.admin().clientPause(30_000, ClientPauseMode.WRITE);
        List<CompletionStage<Position>> lost = IntStream.range(0, 3 * ROOMS)
                .mapToObj(i -> node.relay.publish(rooms.get(i % ROOMS), "m" + i, body("m" + i / ROOMS)))
                .toList();
        REDIS.admin().clientKill(new ClientKillParams().type(ClientType.NORMAL).skipMe(ClientKillParams.SkipMe.YES));
        REDIS.admin().clientUnpause();
        lost.forEach(SharedCallTest::isStored);
        node.awaitProbe();
        for (int i = 0; i < 2; i++) {
            publishTogether("m", 3).forEach(ack -> get(ack));
        }
        for (RoomName room : rooms) {
            assertEquals(contents("m", 3), contents(room));
        }
    }

    /** A node with other limits for some rooms puts these into calls of their own. */
    @Test
    void roomsWithOtherLimitsKeepThem() {
        try (RedisNode other = new RedisNode(
                RedisSettings.parse(REDIS.uri()),
                room -> room.equals(bad) ? new HistoryLimits(3, RedisNode.PLENTY.age(), 1 << 20) : RedisNode.PLENTY)) {
            List<CompletionStage<Position>> acks = new ArrayList<>();
            for (int i = 0; i < ROOMS * EACH; i++) {
                acks.add(other.relay.publish(rooms.get(i % ROOMS), null, body("m" + i / ROOMS)));
            }
            acks.forEach(ack -> get(ack));
        }
        for (RoomName room : rooms) {
            assertEquals(room.equals(bad) ? 3 : EACH, contents(room).size());
        }
    }
}
