package io.roomcast.local;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.support.Await;
import io.roomcast.support.ManualTimer;
import io.roomcast.support.RecordingListener;
import io.roomcast.support.SettableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LocalRelayTest extends RelayContractTest {
    /** Most bytes that a small relay holds. */
    private static final long MOST = 1 << 20;

    private final SettableClock clock = new SettableClock();

    /** @param messages most messages of a room */
    private LocalRelay small(int messages) {
        return new LocalRelay(
                new HistoryLimits(messages, Duration.ofHours(1), 1 << 20).everywhere(), MOST, clock, timer);
    }

    @Override
    protected Relay create(HistoryLimits.Rule limits) {
        return new LocalRelay(limits, 1 << 28, clock, timer);
    }

    @Override
    protected void pass(Duration age) {
        clock.advance(age.plusMillis(1));
    }

    @Test
    void allRoomsTogetherKeepWhatThereIsRoomFor() {
        try (LocalRelay small = small(10_000)) {
            small.start(new RecordingListener());
            byte[] body = new byte[1_000];
            for (int i = 0; i < 20_000; i++) {
                get(small.publish(new RoomName("room-" + i % 20), i % 2 == 0 ? "key-" + i : null, body));
                assertTrue(small.heldBytes() <= MOST, small.heldBytes() + " after " + i);
            }
            for (int i = 0; i < 20; i++) {
                HistoryPage page = get(small.historyBefore(new RoomName("room-" + i), 0, 5));
                assertEquals(5, page.messages().size(), "everybody keeps some");
                assertEquals(1_000, page.messages().get(4).offset(), "the newest");
            }
        }
    }

    @Test
    void roomsThatNobodyIsInAreForgottenWhereMemoryIsTight() {
        try (LocalRelay small = small(100)) {
            small.start(new RecordingListener());
            timer.shutdownNow(); // This test sweeps itself.
            RoomName lived = new RoomName("lived-in");
            get(small.subscribe(lived));
            Position here = get(small.publish(lived, null, body("kept")));
            for (int i = 0; i < 2_000; i++) {
                var unused = small.publish(new RoomName("room-" + i), null, body("x"));
            }
            assertTrue(isBusy(small.publish(new RoomName("anew"), "key", body("z"))));
            long full = small.heldBytes();
            small.sweep();
            assertTrue(small.heldBytes() < full, small.heldBytes() + " bytes of " + full);
            assertEquals(1, get(small.historyAfter(lived, 0, 10)).messages().size());
            assertEquals(
                    here.epoch(), get(small.publish(lived, null, body("y"))).epoch());
            assertTrue(small.heldBytes() <= (1 << 20) / 4 * 3, small.heldBytes() + " bytes");
            assertEquals(
                    1,
                    get(small.publish(new RoomName("anew"), "key", body("z"))).offset());
        }
    }

    @Test
    void aRoomThatIsForgottenWithItsMessagesBeginsAnew() {
        Position last = get(relay.publish(room, null, body("said")));
        pass(Duration.ofHours(24));
        ((LocalRelay) relay).sweep();
        Position now = get(relay.subscribe(room));
        assertEquals(0, now.offset());
        assertNotEquals(last.epoch(), now.epoch());
        relay.unsubscribe(room);
        assertEquals(now, get(relay.subscribe(room)));
    }

    @Test
    void eachLifeOfTheNodeHasItsOwnEpochs() {
        Position before = get(relay.position(room));
        start(PLENTY);
        assertNotEquals(before.epoch(), get(relay.position(room)).epoch());
        assertNotEquals(
                get(relay.position(new RoomName("another"))).epoch(),
                get(relay.position(room)).epoch());
    }

    @Test
    void keysAreRememberedForFiveMinutes() {
        Position first = get(relay.publish(room, "key", body("once")));
        clock.advance(Duration.ofSeconds(Relay.KEY_MEMORY_SECONDS));
        assertEquals(first, get(relay.publish(room, "key", body("again"))));
        clock.advance(Duration.ofMillis(1));
        assertEquals(2, get(relay.publish(room, "key", body("anew"))).offset());
    }

    @Test
    void keysAreRefusedRatherThanForgottenEarly() {
        try (LocalRelay small = small(10_000)) {
            small.start(new RecordingListener());
            List<Position> acknowledged = new ArrayList<>();
            CompletionStage<Position> next = small.publish(room, "key-0", body("x"));
            while (!isBusy(next)) {
                acknowledged.add(get(next));
                next = small.publish(room, "key-" + acknowledged.size(), body("x"));
            }
            assertTrue(small.heldBytes() <= MOST, small.heldBytes() + " bytes");
            assertTrue(acknowledged.size() > 5_000, acknowledged.size() + " keys in a MiB");
            for (int i = 0; i < acknowledged.size(); i += 97) {
                assertEquals(acknowledged.get(i), get(small.publish(room, "key-" + i, body("again"))));
            }
            assertEquals(
                    acknowledged.size() + 1,
                    get(small.publish(room, null, body("without"))).offset());
            Position elsewhere = get(small.publish(new RoomName("elsewhere"), "key", body("x")));
            assertEquals(1, elsewhere.offset(), "others have room left");
            clock.advance(Duration.ofSeconds(Relay.KEY_MEMORY_SECONDS).plusMillis(1));
            get(small.publish(room, "key-new", body("x")));
        }
    }

    /** Whoever publishes in many rooms keeps nobody out of another one. */
    @Test
    void messagesAndKeysLeaveSpaceForRoomsThatBegin() {
        try (LocalRelay small = small(100)) {
            small.start(new RecordingListener());
            timer.shutdownNow();
            int rooms = fill(small);
            for (int i = 0; i < 50; i++) {
                assertEquals(0, get(small.subscribe(new RoomName("new-" + i))).offset(), "after " + rooms + " rooms");
            }
        }
    }

    @Test
    void refusalForWantOfSpaceFreesWhatNobodyNeeds() {
        try (LocalRelay small = small(100)) {
            small.start(new RecordingListener());
            fill(small);
            Await.until("the next try", () -> !isBusy(small.publish(new RoomName("anew"), "key", body("z"))));
        }
    }

    /** An archive has such rooms: they come to memory when something is said in them. */
    @Test
    void keysOfRoomsThatAreNotInMemoryAreRefusedForWantOfSpaceUntilThereIsSome() {
        ManualTimer manual = new ManualTimer();
        HistoryLimits.Rule onlyKeys = new HistoryLimits(0, Duration.ofHours(1), 1 << 20).everywhere();
        try (LocalRelay small = new LocalRelay(onlyKeys, 64 << 10, manual, manual, () -> new byte[16])) {
            KeyDigest key = small.digest("key");
            int rooms = 0;
            while (isAdmitted(small, rooms, key)) {
                RoomName name = new RoomName("room-" + rooms++);
                ArchivedLog before = archived(small, name);
                small.takeOver(name, before, 1, List.of(new LocalRelay.Draft(key, body("x"))));
                assertTrue(small.heldBytes() <= 64 << 10, small.heldBytes() + " bytes of " + rooms + " rooms");
            }
            assertTrue(rooms > 20, rooms + " rooms");
            assertTrue(isAdmitted(small, rooms, null), "what needs no memory is not refused for want of it");
            manual.advance(TimeUnit.SECONDS.toMillis(Relay.KEY_MEMORY_SECONDS) + 1);
            assertFalse(isAdmitted(small, rooms, key));
            manual.advance(500);
            assertTrue(isAdmitted(small, rooms, key), "the refusal has had old keys removed");
        }
    }

    private static ArchivedLog archived(LocalRelay relay, RoomName room) {
        return new ArchivedLog("e", 0, List.of(), List.of(), relay.discardedLogs(room));
    }

    @Test
    void whatAnArchiveSaidIsOldOnceALogOfTheSameRoomIsDiscarded() {
        LocalRelay memory = (LocalRelay) relay;
        RoomName another = new RoomName("another");
        ArchivedLog here = archived(memory, room);
        ArchivedLog there = archived(memory, another);
        memory.takeOver(room, here, 1, List.of(new LocalRelay.Draft(null, body("said"))));
        pass(Duration.ofHours(2));
        memory.sweep();
        assertNull(memory.withArchivedLog(room, here, LocalLog::position));
        assertEquals(new Position("e", 0), get(memory.withArchivedLog(another, there, LocalLog::position)));
    }

    private static boolean isAdmitted(LocalRelay relay, int room, KeyDigest key) {
        try {
            return relay.findOrAdmit(new RoomName("room-" + room), key, 0) == null;
        } catch (ProtocolException e) {
            assertEquals(ErrorCode.BUSY, e.code());
            return false;
        }
    }

    /** Keys are not evicted, so that a single room can take all the space. */
    @Test
    void beginningOfSeveralMessagesIsStoredWhenThereIsNoSpaceForAll() {
        RecordingListener heard = new RecordingListener();
        try (LocalRelay small = new LocalRelay(PLENTY.everywhere(), 64 << 10, clock, timer)) {
            small.start(heard);
            get(small.subscribe(room));
            Relay.Prefix prefix;
            int calls = 0;
            do {
                int call = calls++;
                prefix = get(small.publishAll(
                        room,
                        IntStream.range(0, 100)
                                .mapToObj(i -> new Relay.Entry(call + "-" + i, body("m" + i)))
                                .toList()));
            } while (prefix.refusal() == null);
            assertEquals(
                    ErrorCode.BUSY,
                    assertInstanceOf(ProtocolException.class, prefix.refusal()).code());
            long first = 100L * (calls - 1) + 1;
            int stored = prefix.positions().size();
            assertTrue(stored > 0 && stored < 100, stored + " stored");
            assertEquals(
                    LongStream.range(first, first + stored).boxed().toList(),
                    prefix.positions().stream().map(Position::offset).toList());
            assertEquals(first + stored - 1, get(small.position(room)).offset());
            assertEquals(first + stored - 1, heard.count(room));
        }
    }

    /** @return in how many rooms something was said until the relay was full */
    private static int fill(LocalRelay relay) {
        int rooms = 0;
        while (!isBusy(relay.publish(new RoomName("room-" + rooms), "key", body("x")))) {
            rooms++;
        }
        return rooms;
    }

    @Test
    void roomsThatArePublishedToTakeNoMoreThanThereIs() {
        try (LocalRelay small = small(10_000)) {
            small.start(new RecordingListener());
            byte[] body = new byte[16 * 1024];
            int refused = 0;
            for (int i = 0; i < 5_000; i++) {
                RoomName name = new RoomName("room-" + i);
                boolean unheard = isBusy(small.subscribe(name));
                boolean unsaid = isBusy(small.publish(name, "key", body));
                if (unheard || unsaid) {
                    refused++;
                }
                assertTrue(small.heldBytes() <= MOST, small.heldBytes() + " bytes after " + i);
            }
            assertTrue(refused > 3_000, refused + " refused");
        }
    }

    private static boolean isBusy(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().join();
            return false;
        } catch (CompletionException e) {
            assertEquals(
                    ErrorCode.BUSY,
                    assertInstanceOf(ProtocolException.class, e.getCause()).code());
            return true;
        }
    }
}
