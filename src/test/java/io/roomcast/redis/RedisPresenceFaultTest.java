package io.roomcast.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.support.Await;
import io.roomcast.support.Stages;
import io.roomcast.support.redis.HeldLines;
import io.roomcast.support.redis.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** Presence while Redis comes and goes, forgets, and is meddled with. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisPresenceFaultTest {
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final UserId ANN = new UserId("ann");
    private static final UserId BOB = new UserId("bob");
    private static final UserId CEM = new UserId("cem");

    private final RoomName room = new RoomName("lobby");
    private final List<PresenceNode> nodes = new ArrayList<>();
    private RedisProcess redis;
    private PresenceNode node;
    private PresenceNode other;

    @BeforeEach
    void start() {
        redis = RedisProcess.launch("--appendonly", "yes", "--appendfsync", "always");
        node = node(settings());
        other = node(settings());
        node.watch(room);
        other.watch(room);
    }

    private RedisSettings settings() {
        return RedisSettings.parse(redis.uri()).withTimeout(Duration.ofMillis(500));
    }

    private PresenceNode node(RedisSettings settings) {
        PresenceNode next = new PresenceNode(settings, LEASE, 100);
        nodes.add(next);
        return next;
    }

    @AfterEach
    void stop() {
        nodes.forEach(PresenceNode::close);
        redis.close();
    }

    private void onRedis(Consumer<Jedis> action) {
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            action.accept(jedis);
        }
    }

    private String key() {
        return RoomKeys.of(room, settings().prefix(), 0, RedisNode.PLENTY).base() + ":presence";
    }

    /** Both lists are right, and so is what Redis says; nothing that was told cannot have been. */
    private void assertHere(UserId... users) {
        node.awaitRoster(room, Stream.of(users).map(UserId::value).toArray(String[]::new));
        node.told.awaitList(room, users);
        other.told.awaitList(room, users);
        assertEquals(List.of(), node.told.wrong());
        assertEquals(List.of(), other.told.wrong());
    }

    @Test
    void redisThatForgetsEverythingIsToldAnewAndMembersAreToldNothing() throws Exception {
        node.enter(room, "ann");
        other.enter(room, "bob");
        assertHere(ANN, BOB);
        List<String> before = node.told.changes(room);
        redis.kill();
        Stages.assertUnavailable(node.store.roster(room, 10));
        try (Stream<Path> files = Files.walk(redis.directory().resolve("appendonlydir"))) {
            files.filter(Files::isRegularFile).forEach(file -> file.toFile().delete());
        }
        redis.start();

        node.awaitRoster(room, "ann", "bob");
        other.enter(room, "cem");
        assertHere(ANN, BOB, CEM);
        assertEquals(Stream.concat(before.stream(), Stream.of("+cem")).toList(), node.told.changes(room));
    }

    @Test
    void whatWasAskedForWhileRedisWasAwayTakesEffectAfterwards() {
        node.enter(room, "ann");
        node.enter(room, "bob");
        redis.kill();
        Stages.assertUnavailable(node.store.leave(room, ANN, "of-ann"));
        Stages.assertUnavailable(node.store.enter(room, User.of(CEM), "of-cem"));
        redis.start();
        assertHere(BOB, CEM);
    }

    @Test
    void redisThatStoodStillLeavesNoGhostsHoweverLateItCarriesOutWhatItWasTold() {
        for (int round = 0; round < 3; round++) {
            node.enter(room, "stays");
            node.enter(room, "goes");
            redis.pause();
            // Both time out here, and are carried out in the end.
            node.send(false, room, "goes");
            node.send(true, room, "late");
            Stages.assertUnavailable(other.store.roster(room, 10));
            node.send(false, room, "late");
            redis.resume();
            assertHere(new UserId("stays"));
        }
        node.leave(room, "stays");
        other.awaitRoster(room);
    }

    @Test
    void whatIsOnItsWayUnderALeaseThatIsNoMoreIsFencedOut() {
        PresenceNode slow = null;
        try (HeldLines lines = new HeldLines(redis)) {
            slow = node(lines.settings().withTimeout(Duration.ofMillis(300)));
            slow.enter(room, "ann");
            assertHere(ANN);
            lines.hold("read");
            slow.send(true, room, "bob");
            slow.send(false, room, "ann");
            Stages.assertUnavailable(slow.store.roster(room, 1));
            slow.send(false, room, "bob");
            lines.release();
            node.awaitRoster(room);
            node.enter(room, "cem");
            assertHere(CEM);
        } finally {
            if (slow != null) {
                slow.close();
            }
        }
    }

    @Test
    void nothingEntersUnderALeaseThatOthersHavePutOut() {
        node.enter(room, "ann");
        assertHere(ANN);
        String lease = leaseOfAnn();
        // What evict.lua leaves behind.
        onRedis(jedis -> {
            jedis.zadd(key(), (double) -System.currentTimeMillis(), "!" + lease);
            jedis.zrem(key(), "ann\n" + lease, "@" + lease);
        });
        node.enter(room, "bob");
        onRedis(jedis -> assertNull(jedis.zscore(key(), "bob\n" + lease)));
        assertHere(ANN, BOB);
    }

    @Test
    void aNodeWhoseConnectionWasMadeAnewTakesANewLeaseAndNobodyIsSeenToLeave() throws Exception {
        try (HeldLines lines = new HeldLines(redis);
                PresenceNode cut = new PresenceNode(lines.settings(), LEASE, 100)) {
            cut.enter(room, "ann");
            assertHere(ANN);
            String lease = leaseOfAnn();
            lines.cut("read");
            Await.until("a new lease", () -> !leaseOfAnn().equals(lease));
            assertHere(ANN);
            assertEquals(List.of("+ann"), node.told.changes(room));
        }
    }

    @Test
    void whatHappensWhileTheSubscriptionIsAwayIsToldAfterwards() {
        for (int i = 0; i < 10; i++) {
            onRedis(jedis ->
                    jedis.clientKill(ClientKillParams.clientKillParams().type(ClientType.PUBSUB)));
            if (i % 2 == 0) {
                node.enter(room, "ann");
                assertHere(ANN);
            } else {
                node.leave(room, "ann");
                assertHere();
            }
        }
    }

    @Test
    void aNodeWhoseCommandsAreNotAnsweredKeepsItsLeaseByTheOtherConnection() {
        try (HeldLines lines = new HeldLines(redis)) {
            PresenceNode deaf = node(lines.settings());
            deaf.enter(room, "ann");
            assertHere(ANN);
            lines.hold("read");
            Await.until("two lease times pass", new java.util.function.BooleanSupplier() {
                private final long since = System.nanoTime();

                @Override
                public boolean getAsBoolean() {
                    return System.nanoTime() - since > 2 * LEASE.toNanos();
                }
            });
            assertEquals(List.of("+ann"), node.told.changes(room));
            lines.release();
            node.enter(room, "bob");
            assertHere(ANN, BOB);
            assertEquals(List.of("+ann", "+bob"), node.told.changes(room));
            deaf.close();
        }
    }

    @Test
    void whatOthersDoToTheRoomIsFoundOutAndMadeRight() {
        node.enter(room, "ann");
        other.enter(room, "bob");
        assertHere(ANN, BOB);
        onRedis(jedis -> jedis.del(key()));
        assertHere(ANN, BOB);
        onRedis(jedis -> jedis.set(key(), "something else"));
        assertHere(ANN, BOB);
        onRedis(jedis -> jedis.zrem(key(), entry("ann\n")));
        assertHere(ANN, BOB);
        onRedis(jedis -> jedis.zadd(key(), 0, "ghost\n" + leaseOfAnn()));
        assertHere(ANN, BOB);
        onRedis(jedis -> jedis.zrem(key(), "@" + leaseOfAnn()));
        assertHere(ANN, BOB);
        onRedis(jedis -> {
            jedis.zadd(key(), 0, "ghost\nunknown");
            jedis.zadd(key(), -77, "@unknown");
        });
        assertHere(ANN, BOB);
        onRedis(jedis -> jedis.zrem(key(), "#users", "#revision", "#origin"));
        assertHere(ANN, BOB);
        node.leave(room, "ann");
        assertHere(BOB);
    }

    private String leaseOfAnn() {
        return entry("ann\n").substring(4);
    }

    private String entry(String begin) {
        Set<String> found = new java.util.TreeSet<>();
        Await.until("there is an entry", () -> {
            onRedis(jedis -> {
                if (jedis.type(key()).equals("zset")) {
                    jedis.zrange(key(), 0, -1).stream()
                            .filter(each -> each.startsWith(begin))
                            .forEach(found::add);
                }
            });
            return !found.isEmpty();
        });
        return found.iterator().next();
    }
}
