package io.roomcast.redis;

import static io.roomcast.support.Stages.assertUnavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.Await;
import io.roomcast.support.redis.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
import redis.clients.jedis.params.ZAddParams;

/**
 * What other nodes are told, and what is left, when Redis refuses one command of a presence script: each in turn, by
 * taking the right away. Once it is given back, everybody was told of once, and the node repeats what failed.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusedPresenceTest {
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final int NAMES = 100;
    /** Commands that the nodes give within a few renewals: by then each has repeated what failed. */
    private static final int SOME_BEATS = 24;

    private static final String LEASES = "roomcast:{!}:leases";
    private static final Pattern CALLS = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");

    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private final LimitedUser limited = new LimitedUser(REDIS);
    private final RoomName room = new RoomName("lobby-" + UUID.randomUUID());
    private final List<PresenceNode> nodes = new ArrayList<>();
    private PresenceNode speaker;
    private PresenceNode hearer;

    @BeforeEach
    void start() {
        limited.allow();
        speaker = node(limited.settings());
        hearer = node(RedisSettings.parse(REDIS.uri()));
        hearer.watch(room);
        speaker.watch(room);
    }

    @AfterEach
    void stop() {
        limited.allow();
        nodes.forEach(PresenceNode::close);
        REDIS.admin().flushAll();
    }

    private PresenceNode node(RedisSettings settings) {
        PresenceNode next = new PresenceNode(settings, LEASE, NAMES);
        nodes.add(next);
        return next;
    }

    static List<String> commands() {
        return LuaCommands.of(
                "presence.lua",
                "enter.lua",
                "leave.lua",
                "evict.lua",
                "reconcile.lua",
                "renew.lua",
                "compare.lua",
                "roster.lua");
    }

    static Stream<Arguments> pairs() {
        // One that refuses entering and leaving as a whole, and ones that refuse a part of it.
        return Stream.of("ZRANGEBYSCORE", "ZADD", "PTTL", "PUBLISH")
                .flatMap(first -> Stream.of("ZREM", "ZADD", "PEXPIRE", "PUBLISH")
                        .filter(second -> !second.equals(first))
                        .map(second -> Arguments.of(first, second)));
    }

    /** Takes the right away. The leases live on: that nobody can renew them is another case. */
    private void refuse(String command) {
        limited.allow("-" + command);
        double late = System.currentTimeMillis() + 60_000.0;
        ZAddParams known = ZAddParams.zAddParams().xx();
        REDIS.admin().zrange(LEASES, 0, -1).forEach(lease -> REDIS.admin().zadd(LEASES, late, lease, known));
    }

    private static long calls() {
        Matcher calls = CALLS.matcher(REDIS.admin().info("commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    private static void awaitSomeBeats() {
        long enough = calls() + SOME_BEATS;
        Await.until("some renewals", () -> calls() >= enough);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void whoEntersAndLeavesAnEmptyRoomIsToldOfOnce(String command) {
        refuse(command);
        speaker.send(true, room, "ann");
        speaker.send(true, room, "ann");
        awaitSomeBeats();
        assertEverythingExpires();
        limited.allow();
        speaker.enter(room, "ann");
        assertHere("ann");
        assertTold("+ann");
        refuse(command);
        speaker.send(false, room, "ann");
        awaitSomeBeats();
        assertEverythingExpires();
        limited.allow();
        assertHere();
        assertTold("+ann", "-ann");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void whoComesAndGoesAmongOthersIsToldOfOnceWhateverIsRefusedNext(String command, String next) {
        hearer.enter(room, "kim");
        speaker.enter(room, "ann");
        assertHere("ann", "kim");
        refuse(command);
        speaker.send(true, room, "bob");
        speaker.send(false, room, "ann");
        awaitSomeBeats();
        refuse(next);
        awaitSomeBeats();
        assertEverythingExpires();
        limited.allow();
        assertHere("bob", "kim");
        assertTold("+ann", "+bob", "+kim", "-ann");
        speaker.leave(room, "bob");
        assertHere("kim");
        hearer.leave(room, "kim");
        assertHere();
        assertTold("+ann", "+bob", "+kim", "-ann", "-bob", "-kim");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void usersOfANodeThatVanishedLeaveOnce(String command) {
        PresenceNode second = node(limited.settings());
        second.watch(room);
        PresenceNode third = node(RedisSettings.parse(REDIS.uri()));
        third.enter(room, "ann");
        third.enter(room, "bob");
        second.told.awaitChanges(room, "+ann", "+bob");
        hearer.close();
        third.vanish();
        limited.allow("-" + command);
        awaitSomeBeats();
        assertEverythingExpires();
        limited.allow();
        speaker.awaitRoster(room);
        for (PresenceNode each : List.of(speaker, second)) {
            each.told.awaitList(room);
            assertTold(each, "+ann", "+bob", "-ann", "-bob");
        }
        assertEverythingExpires();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TYPE", "HGET", "HSET", "HDEL", "PEXPIRE", "ZADD", "PUBLISH"})
    void newNamesAreToldOfOnce(String command) {
        UserId id = new UserId("5f7c");
        hearer.enter(room, "kim");
        refuse(command);
        var unused = speaker.store.enter(room, new User(id, "Ann", null), "of-5f7c");
        awaitSomeBeats();
        assertEverythingExpires();
        limited.allow();
        assertShown("5f7c:Ann", "kim");
        refuse(command);
        unused = speaker.store.enter(room, new User(id, "Annie", null), "of-5f7c");
        awaitSomeBeats();
        limited.allow();
        assertShown("5f7c:Annie", "kim");
        refuse(command);
        unused = speaker.store.enter(room, User.of(id), "of-5f7c");
        awaitSomeBeats();
        limited.allow();
        assertShown("5f7c", "kim");
        assertTold("+5f7c:Ann", "+kim", "=5f7c", "=5f7c:Annie");
    }

    @Test
    void nothingIsLeftOfWhoWasNotLetIn() {
        refuse("ZRANGEBYSCORE");
        speaker.send(true, room, "ann");
        speaker.send(false, room, "ann");
        awaitSomeBeats();
        refuse("ZREM");
        awaitSomeBeats();
        assertEquals(Set.of(), REDIS.admin().keys("*" + room.value() + "*:presence"));
        limited.allow();
        assertHere();
        assertTold();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ann", "Ann"})
    void roomThatCannotBeToldToExpireIsNotBegun(String name) {
        RoomName unwatched = new RoomName(room.value() + ".unwatched"); // No other node renews it.
        refuse("PEXPIRE");
        assertUnavailable(speaker.store.enter(unwatched, new User(new UserId("ann"), name, null), "of-ann"));
        awaitSomeBeats();
        assertEverythingExpires();
        limited.allow();
        hearer.awaitRoster(unwatched, "ann");
        awaitSomeBeats();
        assertEverythingExpires();
    }

    /** The truth is in both lists and in Redis, and what is in Redis expires. */
    private void assertHere(String... users) {
        speaker.awaitRoster(room, users);
        UserId[] ids = Stream.of(users).map(UserId::new).toArray(UserId[]::new);
        hearer.told.awaitList(room, ids);
        speaker.told.awaitList(room, ids);
        awaitSomeBeats();
        assertEverythingExpires();
    }

    private void assertShown(String... users) {
        hearer.told.awaitShown(room, users);
        speaker.told.awaitShown(room, users);
        assertEverythingExpires();
    }

    private void assertTold(String... changes) {
        assertTold(hearer, changes);
        assertTold(speaker, changes);
    }

    private void assertTold(PresenceNode node, String... changes) {
        assertEquals(List.of(), node.told.wrong());
        List<String> told = node.told.changes(room).stream()
                .flatMap(change -> Arrays.stream(change.split(" ")))
                .sorted()
                .toList();
        assertEquals(List.of(changes), told);
    }

    private void assertEverythingExpires() {
        for (String key : REDIS.admin().keys("roomcast:*")) {
            if (key.contains(room.value()) || key.equals(LEASES)) {
                assertTrue(REDIS.admin().pttl(key) != -1, () -> key + " stays for ever");
            }
        }
    }
}
