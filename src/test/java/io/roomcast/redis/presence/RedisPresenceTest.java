package io.roomcast.redis.presence;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.lease.PresenceBook;
import io.roomcast.lease.UserChecksums;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.redis.PresenceNode;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.PresenceOfNodesContract;
import io.roomcast.support.Await;
import io.roomcast.support.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.params.ZAddParams;
import redis.clients.jedis.params.ZRangeParams;

/** Presence over Redis, with nothing wrong but nodes that end. */
class RedisPresenceTest extends PresenceOfNodesContract<PresenceNode> {
    private static final UserChecksums CHECKSUMS = new UserChecksums();

    private static final Duration LEASE = Duration.ofSeconds(1);

    private static RedisProcess redis;

    private final String prefix = "test-" + UUID.randomUUID();

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.launch();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    protected PresenceNode connect() {
        return connect(LEASE);
    }

    private PresenceNode connect(Duration lease) {
        return new PresenceNode(RedisSettings.parse(redis.uri()).withPrefix(prefix), lease, NAMES);
    }

    private static Set<String> keys(String pattern) {
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            return jedis.keys(pattern);
        }
    }

    /** While a request for a place is not answered, a node may repair what Redis has, for example after an outage. */
    @Test
    void aRepairEntersNobodyWhoAsksForAPlace() {
        node.enter(room, User.of(ANN));
        node.watch(room);
        PresenceCommands commands = node.commands();
        String lease = "a-lease";
        get(commands.renewLease(lease, true, false));
        get(commands.renewLease("another-lease", true, false));
        List<User> users = List.of(User.of(BOB), ANN_LEE);
        get(commands.reconcile(room, lease, users, Set.of(BOB), CHECKSUMS));
        node.told.awaitTold(room, "present ann", "+auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]} 2");
        PresenceBook.Sums refused = new PresenceBook.Sums(CHECKSUMS.of(ID), 1, CHECKSUMS.ofShown(ANN_LEE), CHECKSUMS);
        assertTrue(get(commands.compare(room, lease, refused)).same());

        assertTrue(get(commands.enter(room, lease, List.of(User.of(BOB)), CHECKSUMS, 3))
                .changed());
        get(commands.reconcile(room, "another-lease", users, Set.of(BOB), CHECKSUMS));
        long both = (CHECKSUMS.of(ID) + CHECKSUMS.of(BOB)) & UserChecksums.MASK;
        PresenceBook.Sums taken = new PresenceBook.Sums(both, 2, CHECKSUMS.ofShown(ANN_LEE), CHECKSUMS);
        assertTrue(get(commands.compare(room, "another-lease", taken)).same());
        get(commands.evict(room, lease, 10));
        node.enter(room, "last");
        node.told.awaitChanges(room, "+auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]}", "+bob", "+last");
        assertEquals(List.of(), node.told.wrong());
    }

    @Test
    void theNewestNameOfAllNodesIsShownAsLongAsItsNodeHasTheUser() {
        PresenceNode other = node();
        PresenceNode witness = node();
        witness.watch(room);
        node.enter(room, ANN_LEE);
        other.enter(room, ANNIE);
        witness.told.awaitShown(room, "auth0|5f7c:Annie");
        assertRoster(1, List.of(ID), witness.store.roster(room, 10));
        node.enter(room, ANN_LEE);
        witness.told.awaitShown(room, "auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]}");
        other.enter(room, User.of(ID));
        witness.told.awaitShown(room, "auth0|5f7c");
        witness.awaitShown(room, User.of(ID));
        other.leave(room, ID.value());
        witness.told.awaitShown(room, "auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]}");
        witness.awaitShown(room, ANN_LEE);
        other.enter(room, ANNIE);
        witness.told.awaitShown(room, "auth0|5f7c:Annie");
        vanish(other);
        witness.told.awaitShown(room, "auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]}");
        node.leave(room, ID.value());
        witness.told.awaitShown(room);
        assertEquals(List.of(), witness.told.wrong());
        witness.told.awaitChanges(
                room,
                "+auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]}",
                "=auth0|5f7c:Annie",
                "=auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]}",
                "=auth0|5f7c",
                "=auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]}",
                "=auth0|5f7c:Annie",
                "=auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]}",
                "-auth0|5f7c");
    }

    @Test
    void namesThatAreLostAreEnteredAgain() {
        PresenceNode other = node();
        PresenceNode witness = node();
        witness.watch(room);
        node.enter(room, ANN_LEE);
        node.enter(room, "bob");
        User cem = new User(new UserId("7"), "Cem", null);
        other.enter(room, cem);
        User[] all = {cem, ANN_LEE, User.of(BOB)};
        witness.awaitShown(room, all);
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            String key = prefix + ":{" + room + "}:names";
            Set<String> fields = jedis.hkeys(key);
            for (String lost : new String[] {null, "auth0|5f7c\n", "@"}) {
                if (lost == null) {
                    jedis.set(key, "of another application");
                } else {
                    fields.stream()
                            .filter(each -> each.startsWith("@") || each.startsWith(lost))
                            .forEach(each -> jedis.hdel(key, each));
                }
                Await.until(
                        "all names and checksums",
                        () -> jedis.type(key).equals("hash") && jedis.hkeys(key).equals(fields));
                witness.awaitShown(room, all);
                witness.told.awaitShown(room, "7:Cem", "auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]}", "bob");
            }
        }
        assertEquals(
                Set.of("+"),
                witness.told.changes(room).stream()
                        .map(word -> word.substring(0, 1))
                        .collect(Collectors.toSet()));
    }

    @Test
    void aNodeThatComesBackUnderANewLeaseRenamesNobody() throws Exception {
        PresenceNode other = node();
        PresenceNode witness = node();
        witness.watch(room);
        node.enter(room, ANN_LEE);
        other.enter(room, ANNIE);
        witness.told.awaitShown(room, "auth0|5f7c:Annie");
        Set<String> leases = leasesIn(room);
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            jedis.sendCommand(Protocol.Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
        }
        Await.until("another lease", () -> {
            Set<String> now = leasesIn(room);
            return now.size() == leases.size() && now.stream().noneMatch(leases::contains);
        });
        witness.awaitShown(room, ANNIE);
        other.enter(room, "last"); // The witness is told of it after all that happened before.
        witness.told.awaitChanges(room, "+auth0|5f7c:Ann Lee:{\"tags\":[\"a b\"]}", "=auth0|5f7c:Annie", "+last");
    }

    /** The leases that have users in the room. */
    private Set<String> leasesIn(RoomName name) {
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            return jedis
                    .zrange(
                            prefix + ":{" + name + "}:presence",
                            ZRangeParams.zrangeByScoreParams(Double.NEGATIVE_INFINITY, -1))
                    .stream()
                    .filter(member -> member.startsWith("@"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void aNameThatIsTheIdTakesNoMemory() {
        node.enter(room, "ann");
        assertEquals(Set.of(), keys(prefix + ":*:names"));
        node.enter(room, ANNIE);
        assertEquals(1, keys(prefix + ":*:names").size());
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            String key = prefix + ":{" + room + "}:names";
            assertEquals(2, jedis.hlen(key), "one name, and one checksum");
            assertTrue(jedis.pttl(key) > 0, "expires with the room");
        }
        node.leave(room, ID.value());
        assertEquals(Set.of(), keys(prefix + ":*:names"));
    }

    @Test
    void whoMovesFromNodeToNodeIsToldOfInTheOrderInWhichItHappened() {
        PresenceNode other = node();
        PresenceNode witness = node();
        witness.watch(room);
        node.watch(room);
        node.enter(room, "ann");
        for (int i = 0; i < 300; i++) {
            PresenceNode from = i % 2 == 0 ? node : other;
            PresenceNode to = i % 2 == 0 ? other : node;
            // At the same moment: whichever Redis meets first, the end is the same.
            from.send(false, room, "ann");
            to.send(true, room, "ann");
            get(to.store.roster(room, 0));
        }
        node.leave(room, "ann");
        node.enter(room, "last");
        witness.told.awaitList(room, new UserId("last"));
        node.told.awaitList(room, new UserId("last"));

        assertEquals(List.of(), witness.told.wrong());
        assertEquals(witness.told.changes(room), node.told.changes(room));
    }

    @Test
    void nobodyIsSaidToBeInARoomOfANodeThatVanished() {
        PresenceNode second = node();
        second.enter(room, "bob");
        vanish(second);
        // No node watches the room: whoever asks finds out.
        node.awaitRoster(room);
    }

    @Test
    void aNodeThatStopsIsNotWaitedFor() {
        PresenceNode patient = add(connect(Duration.ofMinutes(10)));
        node.watch(room);
        patient.enter(room, "bob");
        close(patient);
        node.told.awaitChanges(room, "+bob", "-bob");
        assertRoster(0, List.of(), node.store.roster(room, 10));
    }

    @Test
    void aNodeThatWasTakenForDeadEntersAgain() {
        node.watch(room);
        PresenceNode slow = add(connect(Duration.ofSeconds(40)));
        slow.enter(room, "ann");
        node.enter(room, "bob");
        String leases = prefix + ":{!}:leases";
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            Await.until("somebody puts it out", () -> {
                double soon = System.currentTimeMillis() + 3.0 * LEASE.toMillis();
                jedis.zrange(leases, ZRangeParams.zrangeByScoreParams(soon, Double.MAX_VALUE))
                        .forEach(lease -> jedis.zadd(
                                leases, 0, lease, ZAddParams.zAddParams().xx()));
                return node.told.changes(room).contains("-ann");
            });
        }
        node.told.awaitChanges(room, "+ann", "+bob", "-ann", "+ann");
        node.awaitRoster(room, "ann", "bob");
    }

    @Test
    void nothingIsLeftOfARoomThatEverybodyHasLeft() {
        PresenceNode other = node();
        other.watch(room);
        for (int i = 0; i < 10; i++) {
            node.enter(room, "user" + i);
            other.enter(room, "user" + i);
        }
        assertEquals(1, keys(prefix + "*" + room + "*").size());
        for (int i = 0; i < 10; i++) {
            node.leave(room, "user" + i);
            other.leave(room, "user" + i);
        }
        assertEquals(Set.of(), keys(prefix + "*" + room + "*"));
    }

    @Test
    void whatNoNodeRenewsExpires() {
        node.enter(room, "ann");
        String key = keys(prefix + "*" + room + "*").iterator().next();
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            long life = jedis.pttl(key);
            assertEquals(true, life > 0 && life <= 60_000, life + " ms");
            jedis.pexpire(key, 10_000);
            Await.until("it is renewed", () -> jedis.pttl(key) > 10_000);
        }
    }
}
