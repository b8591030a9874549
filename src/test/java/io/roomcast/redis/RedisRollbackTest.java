package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.body;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.Await;
import io.roomcast.support.redis.HeldLines;
import io.roomcast.support.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.RestoreParams;

/** Redis comes back with what it had some time ago: no place may hold two messages, whoever is there to notice. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisRollbackTest {
    private final RoomName room = new RoomName("lobby");
    private final List<RedisNode> nodes = new ArrayList<>();
    /** Which message was acknowledged at which place. */
    private final Map<Position, String> places = new HashMap<>();

    private RedisProcess redis;

    @TempDir
    private Path older;

    @BeforeEach
    void start() {
        redis = RedisProcess.launch("--appendonly", "yes", "--appendfsync", "always");
    }

    @AfterEach
    void stop() {
        nodes.forEach(RedisNode::close);
        redis.close();
    }

    private RedisNode node() {
        return node(RedisSettings.parse(redis.uri()));
    }

    private RedisNode node(RedisSettings settings) {
        RedisNode node = new RedisNode(settings);
        nodes.add(node);
        return node;
    }

    private Position say(RedisNode node, int first, int last) {
        Position position = null;
        for (int i = first; i <= last; i++) {
            String content = "m" + i + "-" + places.size();
            position = node.publish(room, content);
            assertNull(places.put(position, content), "a place that has a message already: " + position);
        }
        return position;
    }

    /** Says five messages, which Redis will remember, and six that it will not. */
    private Position sayElevenAndKeepFive(RedisNode node) throws IOException {
        say(node, 1, 5);
        redis.kill();
        copy(redis.directory(), older);
        redis.start();
        return say(node, 6, 11);
    }

    private void stepBack() throws IOException {
        try (Stream<Path> files = Files.walk(redis.directory())) {
            files.filter(Files::isRegularFile).forEach(file -> file.toFile().delete());
        }
        copy(older, redis.directory());
        redis.start();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Test
    void roomThatNobodyHasOpenIsRememberedByTheNodes() throws Exception {
        RedisNode bob = node();
        RedisNode cleo = node();
        get(bob.relay.subscribe(room));
        Position before = sayElevenAndKeepFive(bob);
        bob.relay.unsubscribe(room);
        redis.kill();
        stepBack();
        Position after = say(cleo, 6, 15);

        assertNotEquals(before.epoch(), after.epoch());
        assertEquals(after.epoch(), get(bob.relay.subscribe(room)).epoch());
        assertEquals(5, get(bob.relay.historyAfter(room, 0, 5)).messages().size(), "what Redis has is not lost");
    }

    /** Nodes end an epoch in the data that they find. The older data still have it, however often they come back. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSameOlderDataMayComeBackAgainAndAgain(boolean roomIsOpen) throws Exception {
        RedisNode bob = node();
        RedisNode cleo = node();
        if (roomIsOpen) {
            get(cleo.relay.subscribe(room));
        }
        Set<String> epochs = new HashSet<>();
        epochs.add(sayElevenAndKeepFive(bob).epoch());
        for (int i = 0; i < 4; i++) {
            redis.kill();
            stepBack();
            assertTrue(epochs.add(say(i % 2 == 0 ? bob : cleo, 6, 15).epoch()), "an epoch came back");
        }
    }

    @Test
    void nodesThatStartedAnewKnowThatTheyKnowNothing() throws Exception {
        RedisNode bob = node();
        Position before = sayElevenAndKeepFive(bob);
        bob.close();
        redis.kill();
        stepBack();
        Position after = say(node(), 6, 15);

        assertNotEquals(before.epoch(), after.epoch());
    }

    @Test
    void dataWithoutAMarkAreNobodys() {
        RedisNode bob = node();
        Position before = say(bob, 1, 5);
        bob.close();
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            admin.del("roomcast:{!}:life");
        }
        assertNotEquals(before.epoch(), say(node(), 6, 15).epoch());
    }

    @Test
    void nodesThatDiedWithRedisAreWaitedForInVain() throws Exception {
        RedisNode bob = node();
        Position before = sayElevenAndKeepFive(bob);
        redis.kill();
        bob.close();
        stepBack();
        Position after = say(node(), 6, 15);

        assertNotEquals(before.epoch(), after.epoch());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nodeThatBeganAndIsGoneSinceIsMissed(boolean killedWithRedis) throws Exception {
        RedisNode cleo = node();
        say(cleo, 1, 5);
        redis.kill();
        copy(redis.directory(), older);
        redis.start();
        cleo.awaitProbe();
        RedisNode bob = node();
        Position before = say(bob, 6, 11);
        awaitBeats(cleo, 2);
        if (killedWithRedis) {
            redis.kill();
            bob.close();
        } else {
            bob.close();
            awaitBeats(cleo, 2);
            redis.kill();
        }
        stepBack();
        Position after = say(cleo, 6, 15);

        assertNotEquals(before.epoch(), after.epoch());
    }

    /** Until a node has left so many marks more, and knows it. */
    private void awaitBeats(RedisNode node, int count) {
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            for (int i = 0; i < count; i++) {
                Map<String, String> marks = admin.hgetAll("roomcast:{!}:life");
                Await.until("a mark", () -> !marks.equals(admin.hgetAll("roomcast:{!}:life")));
                // Answered behind the mark, on the same connection.
                get(node.relay.historyAfter(new RoomName("garden"), 0, 1));
            }
        }
    }

    @Test
    void olderDataThatAnotherServerSendsAreFoundOutByNodesThatStartAnew() {
        RedisNode bob = node();
        say(bob, 1, 5);
        try (RedisProcess replica = RedisProcess.launch();
                Jedis admin = new Jedis("127.0.0.1", redis.port());
                Jedis other = new Jedis("127.0.0.1", replica.port())) {
            follow(other, redis);
            awaitBeats(bob, 2);
            other.replicaofNoOne();
            Position before = say(bob, 6, 11);
            bob.close();
            follow(admin, replica);
            admin.replicaofNoOne();
            Position after = say(node(), 6, 15);

            assertNotEquals(before.epoch(), after.epoch());
        }
    }

    @Test
    void olderDataThatAnotherServerSendsAreFoundOutByNodesThatAreThere() {
        RedisNode bob = node();
        say(bob, 1, 5);
        try (RedisProcess replica = RedisProcess.launch();
                Jedis admin = new Jedis("127.0.0.1", redis.port());
                Jedis other = new Jedis("127.0.0.1", replica.port())) {
            awaitBeats(bob, 2);
            follow(other, redis);
            other.replicaofNoOne();
            Position before = say(bob, 6, 11);
            follow(admin, replica);
            Await.until("it leaves what is a replica", () -> !admin.clientList().contains("roomcast:test:publish"));
            admin.replicaofNoOne();
            Position after = say(bob, 6, 15);

            assertNotEquals(before.epoch(), after.epoch());
        }
    }

    @Test
    void replicaThatWasBehindAnEmptiedMasterIsFoundOut() {
        try (RedisProcess replica = RedisProcess.launch();
                HeldLines lines = new HeldLines(redis);
                Jedis admin = new Jedis("127.0.0.1", redis.port());
                Jedis other = new Jedis("127.0.0.1", replica.port())) {
            RedisNode bob = node(lines.settings());
            say(bob, 1, 5);
            follow(other, redis);
            awaitBeats(bob, 2);
            admin.flushAll();
            say(bob, 1, 5);
            Await.until("the replica has them", () -> other.xlen("roomcast:{lobby}:log") == 5);
            other.replicaofNoOne();
            other.del("roomcast:{!}:life"); // As if no node had left a mark in the meantime.
            Position before = say(bob, 6, 11);
            lines.lead(replica);
            redis.kill();
            Position after = say(bob, 6, 15);

            assertNotEquals(before.epoch(), after.epoch());
        }
    }

    private static void follow(Jedis server, RedisProcess master) {
        try (Jedis admin = new Jedis("127.0.0.1", master.port())) {
            admin.configSet("repl-diskless-sync-delay", "0");
        }
        server.replicaof("127.0.0.1", master.port());
        Await.until("it follows", () -> server.info("replication").contains("master_link_status:up"));
    }

    /** A failover that leaves the old master alive: what it still takes is lost with it. */
    @Test
    void nodeLeavesTheOldMasterBeforeItSpeaksForTheNew() throws Exception {
        try (RedisProcess replica = RedisProcess.launch();
                HeldLines lines = new HeldLines(redis);
                Jedis other = new Jedis("127.0.0.1", replica.port())) {
            RedisNode bob = node(lines.settings());
            say(bob, 1, 5);
            follow(other, redis);
            awaitBeats(bob, 2);
            other.replicaofNoOne();
            lines.lead(replica);
            lines.cut("read");
            Await.until(
                    "bob has spoken for it",
                    () -> other.hget("roomcast:{!}:life", "run").startsWith(runOf(other)));
            RedisNode cleo = node(RedisSettings.parse(replica.uri()));
            IntStream.range(6, 12).forEach(i -> {
                say(cleo, i, i);
                say(bob, i, i);
            });
        }
    }

    /** By hand, so that nobody ends the connections. */
    @Test
    void nodeLeavesAMasterThatIsMadeAReplica() {
        try (RedisProcess replica = RedisProcess.launch();
                HeldLines lines = new HeldLines(redis);
                Jedis admin = new Jedis("127.0.0.1", redis.port());
                Jedis other = new Jedis("127.0.0.1", replica.port())) {
            RedisNode bob = node(lines.settings());
            bob.awaitProbe();
            follow(other, redis);
            other.replicaofNoOne();
            lines.lead(replica);
            follow(admin, replica);
            bob.awaitProbe();
        }
    }

    private static String runOf(Jedis server) {
        return server.info("server").replaceAll("(?s).*run_id:(\\w+).*", "$1");
    }

    @Test
    void dataThatStepBackWhileRedisRunsAreFoundOut() {
        RedisNode bob = node();
        say(bob, 1, 5);
        Map<String, byte[]> dump = new HashMap<>();
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            admin.keys("*").forEach(key -> dump.put(key, admin.dump(key)));
            Position before = say(bob, 6, 11);
            Map<String, String> marks = admin.hgetAll("roomcast:{!}:life");
            Await.until("a mark", () -> !marks.equals(admin.hgetAll("roomcast:{!}:life")));
            // Answered behind the mark, on the same connection: the node knows that it has left it.
            get(bob.relay.historyAfter(room, 0, 1));
            admin.flushAll();
            dump.forEach((key, value) -> admin.restore(key, 0, value, RestoreParams.restoreParams()));
            Await.until("a new epoch", () -> !before.epoch().equals(admin.hget("roomcast:{lobby}:numbering", "epoch")));
            assertNotEquals(before.epoch(), say(bob, 6, 15).epoch());
        }
    }

    @Test
    void everyNodeThatIsThereMakesAnEpochLast() throws Exception {
        RedisNode bob = node();
        RedisNode cleo = node();
        Position before = say(bob, 1, 5);
        say(cleo, 6, 11);
        redis.kill();
        redis.start();
        Position after = say(cleo, 12, 12);

        assertEquals(new Position(before.epoch(), 12), after);
        assertEquals(13, say(bob, 13, 13).offset());
    }

    @Test
    void emptiedRedisIsToldOnce() {
        RedisNode bob = node();
        RedisNode cleo = node();
        get(bob.relay.subscribe(room));
        get(cleo.relay.subscribe(room));
        say(bob, 1, 5);
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            admin.flushAll();
        }
        IntStream.range(0, 5).forEach(i -> say(cleo, i, i));
        bob.listener.await("the last", () -> bob.listener.lastBody(room).contains("m4-"));
        Await.until("both nodes have left their marks", () -> {
            try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
                return admin.hgetAll("roomcast:{!}:life").keySet().stream()
                                .filter(field -> field.startsWith("n:"))
                                .count()
                        == 2;
            }
        });
        get(cleo.relay.publish(room, null, body("after")));
        bob.listener.await(
                "what is said after", () -> bob.listener.lastBody(room).contains("after"));

        assertEquals(1, bob.listener.resets(room).size());
    }
}
