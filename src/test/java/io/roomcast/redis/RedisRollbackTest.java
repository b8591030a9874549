package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.body;
import static io.roomcast.relay.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.Patience;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
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
        RedisNode node = new RedisNode(RedisSettings.parse(redis.uri()));
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
    void nodesThatDiedWithRedisAreWaitedForInVain() throws Exception {
        RedisNode bob = node();
        Position before = sayElevenAndKeepFive(bob);
        redis.kill();
        bob.close();
        stepBack();
        Position after = say(node(), 6, 15);

        assertNotEquals(before.epoch(), after.epoch());
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
            Patience.await("a mark", () -> !marks.equals(admin.hgetAll("roomcast:{!}:life")));
            // Answered behind the mark, on the same connection: the node knows that it has left it.
            get(bob.relay.historyAfter(room, 0, 1));
            admin.flushAll();
            dump.forEach((key, value) -> admin.restore(key, 0, value, RestoreParams.restoreParams()));
            Patience.await(
                    "a new epoch", () -> !before.epoch().equals(admin.hget("roomcast:{lobby}:numbering", "epoch")));
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
        Patience.await("both nodes have left their marks", () -> {
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
