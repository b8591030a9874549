package io.roomcast.relay;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.support.RecordingListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link Relay} promises, for any implementation of it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class RelayContractTest extends RelayBatchContract {

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
    void publishesOfManyRoomsAtOnceKeepTheOrderOfEachRoom() {
        List<RoomName> rooms = IntStream.range(0, 20)
                .mapToObj(i -> new RoomName(room.value() + "." + i))
                .toList();
        List<CompletionStage<Position>> acks = IntStream.range(0, 400)
                .mapToObj(i -> relay.publish(rooms.get(i % 20), i % 2 == 0 ? null : "key " + i, body("m" + i / 20)))
                .toList();

        for (int i = 0; i < 400; i++) {
            assertEquals(i / 20 + 1, get(acks.get(i)).offset());
        }
        List<String> contents = IntStream.range(0, 20)
                .mapToObj(i -> "{\"content\":\"m" + i + "\"}")
                .toList();
        for (RoomName each : rooms) {
            assertEquals(
                    contents,
                    get(relay.historyAfter(each, 0, 50)).messages().stream()
                            .map(RelayContractTest::text)
                            .toList());
        }
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
    void positionIsThatOfTheLastMessage() {
        Position empty = get(relay.position(room));
        Position start = get(relay.subscribe(room));
        assertEquals(0, empty.offset());
        Position last = publish("m");
        assertEquals(start.epoch(), last.epoch());
        assertEquals(last, get(relay.position(room)));
    }

    /** Somebody who was in a room in which nothing was said comes back to the same epoch: it has missed nothing. */
    @Test
    void roomThatIsOpenKeepsItsEpochWhileNothingIsSaid() {
        Position start = get(relay.subscribe(room));
        assertEquals(start, get(relay.position(room)));
        assertEquals(start, get(relay.subscribe(room)));
    }

    /** Or which everybody had left for a while. */
    @Test
    void roomThatWasLeftEmptyKeepsItsEpochWhileNothingIsSaid() {
        Position start = get(relay.subscribe(room));
        relay.unsubscribe(room);
        pass(Duration.ofSeconds(1));
        assertEquals(start, get(relay.position(room)));
        assertEquals(start, get(relay.subscribe(room)));
        assertEquals(new Position(start.epoch(), 1), publish("m"));
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
}
