package io.roomcast.relay;

import static io.roomcast.relay.Stages.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link Relay} promises, for any implementation of it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class RelayContractTest {
    private static final HistoryLimits PLENTY = new HistoryLimits(10_000, Duration.ofHours(1), 64L << 20);

    protected final RecordingListener listener = new RecordingListener();
    protected final RoomName room = new RoomName("lobby-" + UUID.randomUUID());
    protected Relay relay;

    private final ExecutorService publishers = Executors.newFixedThreadPool(8);

    /** A relay that is not started. */
    protected abstract Relay create(HistoryLimits limits);

    /** Lets at least {@code age}, which is a second, go by for what is stored. */
    protected abstract void pass(Duration age);

    @BeforeEach
    void startRelay() {
        start(PLENTY);
    }

    private void start(HistoryLimits limits) {
        if (relay != null) {
            relay.close();
        }
        relay = create(limits);
        relay.start(listener);
    }

    @AfterEach
    void closeRelay() {
        publishers.shutdownNow();
        relay.close();
    }

    protected static byte[] body(String content) {
        return ("{\"content\":\"" + content + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    protected Position publish(String content) {
        return get(relay.publish(room, null, body(content)));
    }

    @Test
    void offsetsAreOneTwoThreeWithinOneEpoch() {
        Position start = get(relay.subscribe(room));
        List<Position> acks =
                IntStream.range(0, 5).mapToObj(i -> publish("m" + i)).toList();

        assertEquals(0, start.offset());
        assertEquals(
                List.of(1L, 2L, 3L, 4L, 5L), acks.stream().map(Position::offset).toList());
        acks.forEach(ack -> assertEquals(start.epoch(), ack.epoch()));
        listener.awaitCount(room, 5);
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), listener.offsets(room));
    }

    @Test
    void eachRoomHasItsOwnNumbering() {
        RoomName other = new RoomName(room.value() + ".other");
        Position first = publish("here");
        Position second = get(relay.publish(other, null, body("there")));

        assertEquals(1, first.offset());
        assertEquals(1, second.offset());
        assertNotEquals(first.epoch(), second.epoch());
    }

    @Test
    void publishesOfOneThreadKeepTheirOrder() {
        get(relay.subscribe(room));
        List<CompletionStage<Position>> acks = IntStream.range(0, 500)
                .mapToObj(i -> relay.publish(room, null, body("m" + i)))
                .toList();

        for (int i = 0; i < 500; i++) {
            assertEquals(i + 1, get(acks.get(i)).offset());
        }
        listener.awaitCount(room, 500);
        assertEquals(
                IntStream.range(0, 500)
                        .mapToObj(i -> "{\"content\":\"m" + i + "\"}")
                        .toList(),
                listener.bodies(room));
    }

    @Test
    void concurrentPublishersSeeOneOrderEverywhere() throws Exception {
        get(relay.subscribe(room));
        CountDownLatch go = new CountDownLatch(1);
        List<Future<List<Long>>> running = new ArrayList<>();
        for (int publisher = 0; publisher < 8; publisher++) {
            int id = publisher;
            running.add(publishers.submit(() -> {
                go.await();
                List<Long> offsets = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    offsets.add(publish(id + "-" + i).offset());
                }
                return offsets;
            }));
        }
        go.countDown();
        HashSet<Long> acknowledged = new HashSet<>();
        for (Future<List<Long>> run : running) {
            acknowledged.addAll(run.get(30, TimeUnit.SECONDS));
        }
        listener.awaitCount(room, 800);

        assertEquals(800, acknowledged.size());
        assertEquals(LongStream.rangeClosed(1, 800).boxed().toList(), listener.offsets(room));
        assertFalse(listener.overlapped());
        List<String> stored = allAfter(0).stream().map(RelayContractTest::text).toList();
        assertEquals(stored, listener.bodies(room));
    }

    @Test
    void knownKeyStoresNothingAndAnswersTheFirstPosition() {
        get(relay.subscribe(room));
        Position first = get(relay.publish(room, "key", body("once")));
        publish("between");
        Position again = get(relay.publish(room, "key", body("twice")));
        Position other = get(relay.publish(room, "other key", body("other")));

        assertEquals(first, again);
        assertEquals(3, other.offset());
        listener.awaitCount(room, 3);
        assertEquals(3, allAfter(0).size());
    }

    @Test
    void keyOfOneRoomMeansNothingInAnother() {
        RoomName other = new RoomName(room.value() + ".other");
        get(relay.publish(room, "key", body("here")));
        get(relay.publish(room, null, body("here too")));

        assertEquals(1, get(relay.publish(other, "key", body("there"))).offset());
    }

    @Test
    void oneKeyPublishedByManyAtOnceIsStoredOnce() throws Exception {
        get(relay.subscribe(room));
        for (int round = 0; round < 20; round++) {
            String key = "round \"" + round + "\" }{";
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Position>> running = IntStream.range(0, 8)
                    .mapToObj(i -> publishers.submit(() -> {
                        go.await();
                        return get(relay.publish(room, key, body(key.length() + "")));
                    }))
                    .toList();
            go.countDown();
            HashSet<Position> answers = new HashSet<>();
            for (Future<Position> run : running) {
                answers.add(run.get(30, TimeUnit.SECONDS));
            }
            assertEquals(1, answers.size());
        }
        listener.awaitCount(room, 20);
        assertEquals(20, allAfter(0).size());
        assertEquals(21, publish("last").offset());
    }

    @Test
    void bodiesArriveByteForByte() {
        get(relay.subscribe(room));
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        get(relay.publish(room, null, every));
        byte[] large = new byte[200_000];
        ThreadLocalRandom.current().nextBytes(large);
        get(relay.publish(room, "large", large));
        listener.awaitCount(room, 2);

        assertArrayEquals(every, listener.delivered(room).get(0).body());
        assertArrayEquals(large, listener.delivered(room).get(1).body());
        assertArrayEquals(large, allAfter(1).get(0).body());
    }

    @Test
    void namesInAnyScriptAreRooms() {
        RoomName cafe = new RoomName("caf\u00e9:\u0928\u092e\u0938\u094d\u0924\u0947@_.-" + room.value());
        get(relay.subscribe(cafe));
        get(relay.publish(cafe, "\u00fc \ud83d\ude00", body("\u00e9")));
        listener.awaitCount(cafe, 1);

        assertEquals(List.of("{\"content\":\"\u00e9\"}"), listener.bodies(cafe));
        assertEquals(
                1,
                get(relay.publish(cafe, "\u00fc \ud83d\ude00", body("again"))).offset());
    }

    @Test
    void historyIsBoundedByCount() {
        start(new HistoryLimits(10, Duration.ofHours(1), 64L << 20));
        for (int i = 1; i <= 25; i++) {
            publish("m" + i);
        }
        assertEquals(LongStream.rangeClosed(16, 25).boxed().toList(), offsets(allAfter(0)));
        assertEquals(26, publish("next").offset());
    }

    @Test
    void historyIsBoundedByAge() {
        start(new HistoryLimits(1_000, Duration.ofSeconds(1), 64L << 20));
        Position old = publish("old");
        pass(Duration.ofSeconds(1));
        Position young = publish("young");

        HistoryPage page = get(relay.historyAfter(room, 0, 10));
        assertEquals(List.of(2L), offsets(page.messages()));
        assertEquals(List.of(2L), offsets(get(relay.historyBefore(room, 0, 10)).messages()));
        assertEquals(old.epoch(), young.epoch());
        assertEquals(young.epoch(), page.epoch());
        assertEquals(2, young.offset());
    }

    @Test
    void numberingOutlivesTheHistory() {
        start(new HistoryLimits(1_000, Duration.ofSeconds(1), 64L << 20));
        Position old = publish("old");
        pass(Duration.ofSeconds(1));

        assertEquals(old, get(relay.subscribe(room)));
        HistoryPage page = get(relay.historyAfter(room, 0, 10));
        assertEquals(List.of(), page.messages());
        assertFalse(page.more());
        assertEquals(old.epoch(), page.epoch());
    }

    @Test
    void roomsWithoutHistoryDeliverAllTheSame() {
        start(new HistoryLimits(0, Duration.ofHours(1), 64L << 20));
        get(relay.subscribe(room));
        Position first = get(relay.publish(room, "key", body("a")));
        publish("b");
        listener.awaitCount(room, 2);

        assertEquals(List.of(1L, 2L), listener.offsets(room));
        assertEquals(List.of(), get(relay.historyAfter(room, 0, 10)).messages());
        assertEquals(first, get(relay.publish(room, "key", body("a"))));
    }

    @Test
    void pagesForwardsAreConsecutiveAndSayWhetherThereIsMore() {
        IntStream.rangeClosed(1, 10).forEach(i -> publish("m" + i));

        HistoryPage first = get(relay.historyAfter(room, 0, 4));
        HistoryPage second = get(relay.historyAfter(room, 4, 4));
        HistoryPage third = get(relay.historyAfter(room, 8, 4));
        assertEquals(List.of(1L, 2L, 3L, 4L), offsets(first.messages()));
        assertTrue(first.more());
        assertEquals(List.of(5L, 6L, 7L, 8L), offsets(second.messages()));
        assertTrue(second.more());
        assertEquals(List.of(9L, 10L), offsets(third.messages()));
        assertFalse(third.more());
        assertFalse(get(relay.historyAfter(room, 6, 4)).more());
        assertEquals(List.of(), get(relay.historyAfter(room, 10, 4)).messages());
        assertEquals(List.of(), get(relay.historyAfter(room, 99, 4)).messages());
    }

    @Test
    void pagesBackwardsAreConsecutiveAndSayWhetherThereIsMore() {
        IntStream.rangeClosed(1, 10).forEach(i -> publish("m" + i));

        HistoryPage last = get(relay.historyBefore(room, 0, 4));
        HistoryPage middle = get(relay.historyBefore(room, 7, 4));
        HistoryPage first = get(relay.historyBefore(room, 3, 4));
        assertEquals(List.of(7L, 8L, 9L, 10L), offsets(last.messages()));
        assertTrue(last.more());
        assertEquals(List.of(3L, 4L, 5L, 6L), offsets(middle.messages()));
        assertTrue(middle.more());
        assertEquals(List.of(1L, 2L), offsets(first.messages()));
        assertFalse(first.more());
        assertFalse(get(relay.historyBefore(room, 5, 4)).more());
        assertEquals(List.of(), get(relay.historyBefore(room, 1, 4)).messages());
        assertEquals(
                List.of(7L, 8L, 9L, 10L),
                offsets(get(relay.historyBefore(room, 99, 4)).messages()));
    }

    @Test
    void largeMessagesMakeShortPagesThatStillLeadToTheEnd() {
        byte[] body = new byte[60_000];
        for (int i = 0; i < 20; i++) {
            get(relay.publish(room, null, body));
        }
        HistoryPage page = get(relay.historyAfter(room, 0, 200));

        assertTrue(page.more());
        assertTrue(page.messages().size() < 20);
        assertEquals(LongStream.rangeClosed(1, 20).boxed().toList(), offsets(allAfter(0)));
        HistoryPage end = get(relay.historyBefore(room, 0, 200));
        assertTrue(end.more());
        assertEquals(20L, end.messages().get(end.messages().size() - 1).offset());
    }

    @Test
    void historyOfARoomThatNobodyUsedIsEmpty() {
        HistoryPage page = get(relay.historyBefore(room, 0, 50));
        assertEquals(List.of(), page.messages());
        assertFalse(page.more());
        assertFalse(page.epoch().isEmpty());
    }

    @Test
    void nothingIsLostOrDoubledAroundASubscription() throws Exception {
        CountDownLatch flowing = new CountDownLatch(100);
        CountDownLatch enough = new CountDownLatch(1);
        Future<Long> publisher = publishers.submit(() -> {
            long last = 0;
            while (enough.getCount() > 0 && last < 100_000) {
                last = publish("m").offset();
                flowing.countDown();
            }
            return last;
        });
        assertTrue(flowing.await(20, TimeUnit.SECONDS));
        Position start = get(relay.subscribe(room));
        listener.awaitCount(room, 100);
        enough.countDown();
        long last = publisher.get(20, TimeUnit.SECONDS);
        listener.awaitCount(room, (int) (last - start.offset()));

        assertTrue(start.offset() >= 100);
        assertEquals(LongStream.rangeClosed(start.offset() + 1, last).boxed().toList(), listener.offsets(room));
    }

    @Test
    void subscribingAgainGoesOnFromTheNewPosition() {
        get(relay.subscribe(room));
        publish("heard");
        listener.awaitCount(room, 1);
        relay.unsubscribe(room);
        publish("missed");
        Position again = get(relay.subscribe(room));
        publish("heard again");
        listener.awaitCount(room, 2);

        assertEquals(2, again.offset());
        assertEquals(List.of(1L, 3L), listener.offsets(room));
    }

    @Test
    void manyChangesOfMindEndWithTheLastOne() {
        for (int i = 0; i < 50; i++) {
            relay.subscribe(room);
            relay.unsubscribe(room);
        }
        Position start = get(relay.subscribe(room));
        publish("heard");
        listener.awaitCount(room, 1);
        assertEquals(List.of(start.offset() + 1), listener.offsets(room));

        relay.unsubscribe(room);
        RoomName other = new RoomName(room.value() + ".other");
        get(relay.subscribe(other));
        publish("unheard");
        get(relay.publish(other, null, body("heard")));
        listener.awaitCount(other, 1);
        assertEquals(1, listener.count(room));
    }

    @Test
    void signalsReachTheRoomAndAreNotStored() {
        Position start = get(relay.subscribe(room));
        relay.signal(room, FrameKind.SIGNAL, body("typing"));
        relay.signal(room, FrameKind.PRESENCE, body("ann is here"));
        listener.awaitSignals(2);

        assertEquals(
                List.of(
                        new RecordingListener.Signal(room, FrameKind.SIGNAL, "{\"content\":\"typing\"}"),
                        new RecordingListener.Signal(room, FrameKind.PRESENCE, "{\"content\":\"ann is here\"}")),
                listener.signals());
        assertEquals(start.offset() + 1, publish("after").offset());
        assertEquals(1, allAfter(0).size());
    }

    @Test
    void signalsToRoomsThatAreNotSubscribedGoNowhere() {
        RoomName other = new RoomName(room.value() + ".other");
        get(relay.subscribe(other));
        relay.signal(room, FrameKind.SIGNAL, body("unheard"));
        relay.signal(other, FrameKind.SIGNAL, body("heard"));
        listener.awaitSignals(1);

        assertEquals(other, listener.signals().get(0).room());
        assertEquals(1, listener.signals().size());
    }

    @Test
    void probeComesBack() {
        get(relay.probe());
        get(relay.probe());
    }

    @Test
    void publishesAcceptedBeforeTheEndAreFinished() {
        List<CompletionStage<Position>> acks = IntStream.range(0, 1_000)
                .mapToObj(i -> relay.publish(room, null, body("m" + i)))
                .toList();
        relay.close();

        for (int i = 0; i < acks.size(); i++) {
            assertEquals(i + 1, get(acks.get(i)).offset());
        }
    }

    private List<StoredMessage> allAfter(long offset) {
        List<StoredMessage> all = new ArrayList<>();
        HistoryPage page;
        long after = offset;
        do {
            page = get(relay.historyAfter(room, after, 200));
            all.addAll(page.messages());
            after = all.isEmpty() ? offset : all.get(all.size() - 1).offset();
        } while (page.more());
        return all;
    }

    protected static List<Long> offsets(List<StoredMessage> messages) {
        return messages.stream().map(StoredMessage::offset).toList();
    }

    protected static String text(StoredMessage message) {
        return new String(message.body(), StandardCharsets.UTF_8);
    }
}
