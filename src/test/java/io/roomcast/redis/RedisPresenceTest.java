package io.roomcast.redis;

import static io.roomcast.relay.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceContractTest;
import io.roomcast.relay.PresenceListener;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.PresenceStore.Change;
import io.roomcast.relay.PresenceStore.Roster;
import io.roomcast.relay.Stages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.ZAddParams;
import redis.clients.jedis.params.ZRangeParams;

class RedisPresenceTest extends PresenceContractTest {
    private static final Duration LEASE = Duration.ofSeconds(1);

    private static RedisProcess redis;

    private final String prefix = "test-" + UUID.randomUUID();
    private final List<Node> nodes = new ArrayList<>();
    /** What all nodes were told, in one list. */
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private Node node;

    /** A node with presence; {@code vanish} is what SIGKILL does to it. */
    private final class Node implements PresenceListener {
        final RedisNode relay = new RedisNode(RedisSettings.parse(redis.uri()).withPrefix(prefix));
        final PresenceStore presence;

        Node() {
            this(LEASE);
        }

        Node(Duration lease) {
            presence = relay.relay.presence(lease);
            nodes.add(this);
            presence.start(this);
        }

        @Override
        public void left(RoomName where, UserName user, long count) {
            told.add("left " + where + " " + user + " " + count);
        }

        @Override
        public void entered(RoomName where, UserName user, long count) {
            told.add("entered " + where + " " + user + " " + count);
        }

        void vanish() {
            relay.close();
        }
    }

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.launch("--appendonly", "yes", "--appendfsync", "always");
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void startNode() {
        node = new Node();
    }

    @AfterEach
    void stopNodes() {
        nodes.forEach(each -> {
            each.presence.close();
            each.relay.close();
        });
    }

    @Override
    protected PresenceStore presence() {
        return node.presence;
    }

    private String nextTold() throws InterruptedException {
        String next = told.poll(20, TimeUnit.SECONDS);
        assertTrue(next != null, "a node is told");
        return next;
    }

    /** For the time of three beats of each node. */
    private void assertNothingElseTold() throws InterruptedException {
        assertNull(told.poll(300, TimeUnit.MILLISECONDS));
    }

    private void awaitRoster(PresenceStore presence, Roster expected) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            Roster roster = presence.roster(room, 10)
                    .toCompletableFuture()
                    .exceptionally(e -> null)
                    .join();
            if (expected.equals(roster)) {
                return;
            }
            assertTrue(System.nanoTime() < deadline, "roster is " + roster + ", not " + expected);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Test
    void usersAreCountedOverNodes() {
        Node other = new Node();
        assertEquals(new Change(true, 1), get(node.presence.enter(room, ANN, "s1")));
        assertEquals(new Change(false, 1), get(other.presence.enter(room, ANN, "s1")));
        assertEquals(new Change(true, 2), get(other.presence.enter(room, BOB, "s2")));
        assertEquals(new Roster(2, List.of(ANN, BOB)), get(node.presence.roster(room, 10)));
        assertEquals(new Change(false, 2), get(node.presence.leave(room, ANN, "s1")));
        assertEquals(new Change(true, 1), get(other.presence.leave(room, ANN, "s1")));
    }

    @Test
    void membersOfANodeThatVanishedLeaveOnce() throws Exception {
        Node second = new Node();
        Node third = new Node();
        get(node.presence.enter(room, ANN, "s1"));
        get(second.presence.enter(room, ANN, "s1"));
        get(second.presence.enter(room, BOB, "s2"));
        get(third.presence.enter(room, new UserName("cem"), "s3"));
        RoomName other = new RoomName(room.value() + ".other");
        get(second.presence.enter(other, ANN, "s1"));
        second.vanish();

        Set<String> news = new HashSet<>();
        news.add(nextTold());
        news.add(nextTold());
        assertEquals(Set.of("left " + room + " bob 2", "left " + other + " ann 0"), news);
        assertEquals(new Roster(2, List.of(ANN, new UserName("cem"))), get(node.presence.roster(room, 10)));
        assertEquals(new Roster(0, List.of()), get(node.presence.roster(other, 10)));
        assertNothingElseTold();
    }

    @Test
    void nodeThatStopsIsNotWaitedFor() throws Exception {
        Node second = new Node();
        get(second.presence.enter(room, BOB, "s2"));
        second.presence.close();
        second.relay.close();

        assertEquals("left " + room + " bob 0", nextTold());
    }

    @Test
    void sessionsComeBackWhenRedisHasForgottenEverything() throws Exception {
        Node other = new Node();
        get(node.presence.enter(room, ANN, "s1"));
        get(other.presence.enter(room, BOB, "s2"));
        redis.kill();
        Stages.assertUnavailable(node.presence.roster(room, 10));
        try (Stream<Path> files = Files.walk(redis.directory().resolve("appendonlydir"))) {
            files.filter(Files::isRegularFile).forEach(file -> file.toFile().delete());
        }
        redis.start();

        awaitRoster(node.presence, new Roster(2, List.of(ANN, BOB)));
        awaitRoster(other.presence, new Roster(2, List.of(ANN, BOB)));
        assertNothingElseTold();
    }

    @Test
    void whatWasAskedForWhileRedisWasAwayTakesEffectAfterwards() throws Exception {
        get(node.presence.enter(room, ANN, "s1"));
        get(node.presence.enter(room, BOB, "s2"));
        redis.kill();
        Stages.assertUnavailable(node.presence.leave(room, ANN, "s1"));
        Stages.assertUnavailable(node.presence.enter(room, new UserName("cem"), "s3"));
        redis.start();

        awaitRoster(node.presence, new Roster(2, List.of(BOB, new UserName("cem"))));
        assertEquals("entered " + room + " cem 3", nextTold());
        assertEquals("left " + room + " ann 2", nextTold());
        assertNothingElseTold();
    }

    @Test
    void nodeThatWasTakenForDeadEntersAgain() throws Exception {
        String leases = prefix + ":{!}:leases";
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            Node slow = new Node(Duration.ofSeconds(10));
            get(slow.presence.enter(room, ANN, "s1"));
            String news;
            do { // Until the other node is the first to see it: the slow one may be, and then it takes a new lease.
                // Of the two, only the slow one's lease runs this long.
                double distant = System.currentTimeMillis() + 3.0 * LEASE.toMillis();
                jedis.zrange(leases, ZRangeParams.zrangeByScoreParams(distant, Double.MAX_VALUE))
                        .forEach(lease -> jedis.zadd(
                                leases, 0, lease, ZAddParams.zAddParams().xx()));
                news = told.poll(50, TimeUnit.MILLISECONDS);
            } while (news == null);
            // Two nodes tell it, each when Redis has answered: one after the other, and which comes first is not
            // promised.
            assertEquals(Set.of("left " + room + " ann 0", "entered " + room + " ann 1"), Set.of(news, nextTold()));
        }
        awaitRoster(node.presence, new Roster(1, List.of(ANN)));
        assertNothingElseTold();
    }
}
