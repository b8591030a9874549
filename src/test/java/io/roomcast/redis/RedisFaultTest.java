package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.body;
import static io.roomcast.redis.RedisNode.upTo;
import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.Counter;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.Await;
import io.roomcast.support.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** What two nodes do while Redis comes and goes. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisFaultTest {
    private final RoomName room = new RoomName("lobby");
    private RedisProcess redis;
    private RedisNode speaker;
    private RedisNode hearer;

    @BeforeEach
    void start() {
        redis = RedisProcess.launch("--appendonly", "yes", "--appendfsync", "always");
        speaker = new RedisNode(settings());
        hearer = new RedisNode(settings());
    }

    private RedisSettings settings() {
        return RedisSettings.parse(redis.uri());
    }

    @AfterEach
    void stop() {
        speaker.close();
        hearer.close();
        redis.close();
        Stream.of(speaker, hearer)
                .flatMap(node -> node.threads().stream())
                .forEach(thread -> assertFalse(thread.isAlive(), thread.getName() + " has ended"));
    }

    private void forgetEverything() throws IOException {
        try (Stream<Path> files = Files.walk(redis.directory())) {
            files.filter(Files::isRegularFile).forEach(file -> file.toFile().delete());
        }
    }

    @Test
    void aRestartWithDataIsNotNoticedByMembers() {
        get(hearer.relay.subscribe(room));
        Position before = speaker.publish(room, "before");
        hearer.listener.awaitCount(room, 1);
        redis.kill();
        assertUnavailable(speaker.relay.publish(room, null, body("lost")));
        assertUnavailable(speaker.relay.probe());
        redis.start();
        Position after = speaker.publish(room, "after");
        hearer.listener.awaitCount(room, 2);

        assertEquals(new Position(before.epoch(), 2), after);
        assertEquals(upTo(2), hearer.listener.offsets(room));
        assertEquals(List.of(), hearer.listener.resets(room));
        hearer.awaitProbe();
    }

    @Test
    void whatWasSaidWhileTheSubscriptionWasAwayIsDeliveredAfterwards() {
        get(hearer.relay.subscribe(room));
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            for (int i = 1; i <= 30; i++) {
                if (i % 3 == 0) {
                    admin.clientKill(ClientKillParams.clientKillParams().type(ClientType.PUBSUB));
                }
                speaker.publish(room, "m" + i);
            }
        }
        hearer.listener.awaitCount(room, 30);

        assertEquals(upTo(30), hearer.listener.offsets(room));
        assertEquals(List.of(), hearer.listener.resets(room));
        assertFalse(hearer.listener.overlapped());
        assertTrue(hearer.metrics.get(Counter.RELAY_RECONNECTS) >= 1);
        // A room counts after it has delivered.
        Await.until(
                "all gaps counted as repaired",
                () -> hearer.metrics.get(Counter.GAPS_SEEN) == hearer.metrics.get(Counter.GAPS_REPAIRED));
        assertEquals(0, hearer.metrics.get(Counter.GAPS_LOST));
    }

    @Test
    void cuttingTheConnectionsOfPublishersLosesAndDoublesNothing() {
        get(hearer.relay.subscribe(room));
        Set<Long> acknowledged = new TreeSet<>();
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            for (int i = 1; i <= 30; i++) {
                if (i % 3 == 0) {
                    admin.clientKill(ClientKillParams.clientKillParams()
                            .type(ClientType.NORMAL)
                            .skipMe(ClientKillParams.SkipMe.YES));
                }
                acknowledged.add(speaker.publish(room, "m" + i).offset());
            }
        }
        hearer.listener.awaitCount(room, 30);

        assertEquals(upTo(30), List.copyOf(acknowledged));
        assertTrue(speaker.metrics.get(Counter.RELAY_RECONNECTS) >= 5);
        assertEquals(upTo(30), hearer.listener.offsets(room));
    }

    @Test
    void aRestartWithoutDataBeginsAnEpochAndIsToldOnEveryNode() throws Exception {
        Position first = get(hearer.relay.subscribe(room));
        get(speaker.relay.subscribe(room));
        IntStream.range(0, 5).forEach(i -> speaker.publish(room, "old" + i));
        hearer.listener.awaitCount(room, 5);
        redis.kill();
        forgetEverything();
        redis.start();
        Position anew = speaker.publish(room, "new");
        hearer.listener.awaitCount(room, 6);
        speaker.listener.awaitCount(room, 6);

        assertNotEquals(first.epoch(), anew.epoch());
        assertEquals(1, anew.offset());
        for (RedisNode node : List.of(hearer, speaker)) {
            assertEquals(List.of(new Position(anew.epoch(), 0)), node.listener.resets(room));
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 1L), node.listener.offsets(room));
        }
    }

    @Test
    void offsetsThatRedisGivesTwiceAreFoundOut(@TempDir Path copy) throws Exception {
        // Redis comes back with what it had after the third message, and others go on from there before this node is
        // back.
        get(hearer.relay.subscribe(room));
        RedisNode stranger = new RedisNode(settings());
        try {
            IntStream.range(0, 3).forEach(i -> stranger.publish(room, "kept" + i));
            redis.kill();
            copy(redis.directory().resolve("appendonlydir"), copy);
            redis.start();
            IntStream.range(0, 3).forEach(i -> stranger.publish(room, "forgotten" + i));
            hearer.listener.awaitCount(room, 6);
            Position known = new Position(stranger.publish(room, "last").epoch(), 7);
            hearer.listener.awaitCount(room, 7);
            redis.kill();
            forgetEverything();
            copy(copy, redis.directory().resolve("appendonlydir"));
            redis.start();
            // Nobody who publishes knows the room: nothing but the log's content tells.
            RedisNode newcomer = new RedisNode(settings());
            try {
                IntStream.range(0, 10).forEach(i -> newcomer.publish(room, "again" + i));
                hearer.listener.awaitResets(room, 1);
                Position reset = hearer.listener.resets(room).get(0);
                assertNotEquals(known.epoch(), reset.epoch());
                Position next = newcomer.publish(room, "after");
                assertEquals(reset.epoch(), next.epoch());
                hearer.listener.await(
                        "the next", () -> hearer.listener.bodies(room).contains("{\"content\":\"after\"}"));
            } finally {
                newcomer.close();
            }
        } finally {
            stranger.close();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Test
    void aPausedRedisIsAnsweredForAtOnceAndNothingIsLost() {
        get(hearer.relay.subscribe(room));
        speaker.publish(room, "before");
        redis.pause();
        long began = System.nanoTime();
        List<Long> waits = new ArrayList<>();
        while (System.nanoTime() - began < TimeUnit.SECONDS.toNanos(15)) {
            long asked = System.nanoTime();
            assertUnavailable(speaker.relay.publish(room, null, body("lost?")));
            waits.add(System.nanoTime() - asked);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        assertUnavailable(hearer.relay.subscribe(new RoomName("other")));
        redis.resume();
        Position after = speaker.publish(room, "after");
        hearer.listener.awaitCount(room, (int) after.offset());

        assertEquals(upTo(after.offset()), hearer.listener.offsets(room));
        assertEquals(List.of(), hearer.listener.resets(room));
        long quick = waits.stream()
                .filter(nanos -> nanos < TimeUnit.MILLISECONDS.toNanos(20))
                .count();
        assertTrue(quick > waits.size() / 2, () -> "most are answered at once: " + waits);
        hearer.awaitProbe();
    }

    @Test
    void historyThatWasTrimmedMeanwhileIsToldAsLost() throws Exception {
        RedisNode forgetful = new RedisNode(
                settings(),
                new io.roomcast.relay.HistoryLimits(5, java.time.Duration.ofHours(1), 1 << 20).everywhere());
        try {
            get(forgetful.relay.subscribe(room));
            forgetful.publish(room, "m1");
            forgetful.listener.awaitCount(room, 1);
            try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
                // A hole: told by nobody, and gone from the log.
                String base = "roomcast:{lobby}";
                admin.hset(base + ":numbering", "offset", "20");
                admin.del(base + ":log");
            }
            Position next = forgetful.publish(room, "m21");
            forgetful.listener.awaitCount(room, 2);

            assertEquals(21, next.offset());
            assertEquals(List.of(1L, 21L), forgetful.listener.offsets(room));
            assertEquals(List.of(new Position(next.epoch(), 20)), forgetful.listener.resets(room));
            forgetful.listener.await("the lost gap", () -> forgetful.metrics.get(Counter.GAPS_LOST) == 1);
        } finally {
            forgetful.close();
        }
    }

    /** The message that is known already is read again with them, and is larger than a page by itself. */
    @Test
    void largeMessagesInARowAreNoLoss() {
        get(hearer.relay.subscribe(room));
        speaker.publish(room, "x".repeat(300_000));
        hearer.listener.awaitCount(room, 1);
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            admin.clientKill(ClientKillParams.clientKillParams().type(ClientType.PUBSUB));
            for (int i = 0; i < 3; i++) {
                speaker.publish(room, "y".repeat(300_000));
            }
        }
        hearer.listener.awaitCount(room, 4);

        assertEquals(upTo(4), hearer.listener.offsets(room));
        assertEquals(List.of(), hearer.listener.resets(room));
    }

    @Test
    void aNewerNodesEnvelopeIsReadFromTheLog() {
        get(hearer.relay.subscribe(room));
        speaker.publish(room, "m1");
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            String base = "roomcast:{lobby}";
            admin.eval(
                    "redis.call('XADD', KEYS[1], '2', 'at', redis.call('TIME')[1] .. '000', 'body', '{\"content\":\"new\"}')"
                            + "redis.call('HSET', KEYS[2], 'offset', 2)"
                            + "redis.call('PUBLISH', KEYS[3], '2X something else')",
                    List.of(base + ":log", base + ":numbering", base),
                    List.of());
        }
        hearer.listener.awaitCount(room, 2);
        assertEquals(2, hearer.listener.offsets(room).size());
        speaker.publish(room, "m3");
        hearer.listener.awaitCount(room, 3);
        assertEquals(upTo(3), hearer.listener.offsets(room));
        assertTrue(hearer.metrics.get(Counter.UNKNOWN_ENVELOPES) > 0);
    }

    @Test
    void forgottenScriptsAreLoadedAgainInOrder() {
        get(hearer.relay.subscribe(room));
        speaker.publish(room, "m1");
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            admin.scriptFlush();
        }
        var acks = IntStream.rangeClosed(2, 100)
                .mapToObj(i -> speaker.relay.publish(room, null, body("m" + i)))
                .toList();
        for (int i = 0; i < acks.size(); i++) {
            assertEquals(i + 2, get(acks.get(i)).offset());
        }
        hearer.listener.awaitCount(room, 100);
    }
}
