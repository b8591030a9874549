package io.roomcast.relay;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a relay promises of several messages in one call. */
abstract class RelayBatchContract extends RelayHistoryContract {
    private static Relay.Entry entry(String key, String content) {
        return new Relay.Entry(key, body(content));
    }

    private static List<Relay.Entry> entries(String name, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> entry(name + " key " + i, name + i))
                .toList();
    }

    private List<Long> publishedOffsets(List<Relay.Entry> entries) {
        Relay.Prefix prefix = get(relay.publishAll(room, entries));
        assertNull(prefix.refusal());
        return prefix.positions().stream().map(Position::offset).toList();
    }

    private List<String> stored() {
        return allAfter(0).stream().map(RelayFixture::text).toList();
    }

    private static List<String> bodies(String... contents) {
        return Stream.of(contents)
                .map(content -> "{\"content\":\"" + content + "\"}")
                .toList();
    }

    @Test
    void severalMessagesAreStoredAndDeliveredInOrder() {
        Position start = get(relay.subscribe(room));
        Relay.Prefix prefix = get(
                relay.publishAll(room, List.of(entry("x", "a"), entry(null, "b"), entry("y", "c"), entry(null, "d"))));

        assertNull(prefix.refusal());
        assertEquals(
                LongStream.rangeClosed(1, 4)
                        .mapToObj(offset -> new Position(start.epoch(), offset))
                        .toList(),
                prefix.positions());
        assertEquals(5, publish("e").offset());
        listener.awaitCount(room, 5);
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), listener.offsets(room));
        assertEquals(bodies("a", "b", "c", "d", "e"), listener.bodies(room));
        assertEquals(bodies("a", "b", "c", "d", "e"), stored());
    }

    @Test
    void knownKeysAmongSeveralKeepTheirFirstPositions() {
        get(relay.subscribe(room));
        publishedOffsets(List.of(entry("1", "a"), entry("2", "b")));
        publish("between");

        assertEquals(
                List.of(2L, 4L, 1L, 5L, 4L),
                publishedOffsets(List.of(
                        entry("2", "no"), entry("3", "c"), entry("1", "no"), entry(null, "d"), entry("3", "no"))));
        assertEquals(List.of(4L), publishedOffsets(List.of(entry("3", "no"))), "all of them");
        listener.awaitCount(room, 5);
        assertEquals(bodies("a", "b", "between", "c", "d"), listener.bodies(room));
        assertEquals(bodies("a", "b", "between", "c", "d"), stored());
    }

    @Test
    void keyOfOneMessageIsKnownAmongSeveralAndTheOtherWayRound() {
        Position alone = get(relay.publish(room, "alone", body("a")));
        assertEquals(List.of(1L, 2L), publishedOffsets(List.of(entry("alone", "no"), entry("among", "b"))));
        assertEquals(new Position(alone.epoch(), 2), get(relay.publish(room, "among", body("no"))));
    }

    @Test
    void nothingComesBetweenTheMessagesOfOneCall() throws Exception {
        get(relay.subscribe(room));
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Set<Long>>> running = new ArrayList<>();
        for (int publisher = 0; publisher < 4; publisher++) {
            String name = "p" + publisher + "-";
            running.add(publishers.submit(() -> {
                go.await();
                Set<Long> offsets = new HashSet<>();
                for (int round = 0; round < 10; round++) {
                    List<Long> stored = publishedOffsets(entries(name + round + "-", 20));
                    assertEquals(
                            LongStream.range(stored.get(0), stored.get(0) + 20)
                                    .boxed()
                                    .toList(),
                            stored);
                    offsets.addAll(stored);
                }
                return offsets;
            }));
        }
        go.countDown();
        Set<Long> all = new HashSet<>();
        for (Future<Set<Long>> each : running) {
            all.addAll(each.get(30, TimeUnit.SECONDS));
        }
        listener.awaitCount(room, 800);

        assertEquals(800, all.size());
        assertEquals(LongStream.rangeClosed(1, 800).boxed().toList(), listener.offsets(room));
        assertEquals(stored(), listener.bodies(room));
    }

    @Test
    void theSameMessagesPublishedByManyAtOnceAreStoredOnce() throws Exception {
        get(relay.subscribe(room));
        for (int round = 1; round <= 10; round++) {
            List<Relay.Entry> same = entries("r" + round + "-", 5);
            CountDownLatch go = new CountDownLatch(1);
            List<Future<List<Long>>> running = IntStream.range(0, 8)
                    .mapToObj(i -> publishers.submit(() -> {
                        go.await();
                        // Those who repeat may have got a different part of it through before.
                        return publishedOffsets(same.subList(0, 1 + i % 5));
                    }))
                    .toList();
            go.countDown();
            long first = 5L * (round - 1) + 1;
            for (int i = 0; i < 8; i++) {
                assertEquals(
                        LongStream.rangeClosed(first, first + i % 5).boxed().toList(),
                        running.get(i).get(30, TimeUnit.SECONDS));
            }
            listener.awaitCount(room, 5 * round);
        }
        assertEquals(50, allAfter(0).size());
    }

    @Test
    void historyOfSeveralMessagesIsTrimmedAsThatOfSingleOnes() {
        start(new HistoryLimits(10, Duration.ofHours(1), 64L << 20));
        assertEquals(
                LongStream.rangeClosed(1, 25).boxed().toList(),
                publishedOffsets(entries("m", 25)),
                "more than it keeps");
        assertEquals(LongStream.rangeClosed(16, 25).boxed().toList(), offsets(allAfter(0)));
        assertEquals(
                List.of(1L, 25L, 26L),
                publishedOffsets(List.of(entry("m key 0", "no"), entry("m key 24", "no"), entry("m key 25", "m25"))));
    }

    @Test
    void bytesOfSeveralMessagesAreBoundedToo() {
        start(new HistoryLimits(10_000, Duration.ofHours(1), 64 << 10));
        String large = "x".repeat(4 << 10);
        for (int round = 0; round < 3; round++) {
            publishedOffsets(
                    IntStream.range(0, 20).mapToObj(i -> entry(null, large)).toList());
        }
        int kept = allAfter(0).size();
        assertEquals(60, allAfter(0).get(kept - 1).offset());
        assertTrue(
                forgets() ? kept >= 15 && kept <= 19 : kept == 60,
                () -> kept + " messages of 4 KiB in 64 KiB and an eighth");
    }
}
