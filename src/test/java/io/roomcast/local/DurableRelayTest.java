package io.roomcast.local;

import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.archive.Retention;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.Restoring;
import io.roomcast.standalone.EmbeddedArchive;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.RelayRooms;
import io.roomcast.support.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableRelayTest extends KeptMessagesContract {
    private static final HistoryLimits TEN = new HistoryLimits(10, Duration.ofHours(1), 64L << 20);

    private final SettableClock clock = new SettableClock();
    private final NodeMetrics metrics = new NodeMetrics();
    private final Warnings warnings = new Warnings(new Clocks(clock, () -> 0));

    @TempDir
    private Path directory;

    /** Most bytes of heap of all rooms together. */
    private long most = 1 << 28;

    private FaultyArchive archive;
    private LocalRelay memory;

    protected Map<String, String> settings() {
        return Map.of("roomcast.data", directory.toString());
    }

    @Override
    protected Relay create(HistoryLimits.Rule limits) {
        Map<String, String> settings = settings();
        archive = new FaultyArchive(EmbeddedArchive.open(
                        RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()))
                .orElseThrow());
        memory = new LocalRelay(limits, most, clock, timer, archive::salt);
        return new DurableRelay(
                memory,
                archive,
                limits,
                new Clocks(clock, () -> 0),
                metrics,
                Thread::new,
                warnings,
                1 << 24,
                retention());
    }

    /** One that nobody has started, and that keeps messages for a day. */
    private Retention retention() {
        return new Retention(archive, name -> Duration.ofDays(1), new Clocks(clock, () -> 0), metrics, warnings);
    }

    @Override
    Archive archive() {
        return archive;
    }

    @Override
    protected void pass(Duration age) {
        clock.advance(age.plusMillis(1));
    }

    @Override
    protected boolean forgets() {
        return false;
    }

    @AfterEach
    void letArchiveGo() {
        archive.letGo();
    }

    @Test
    void publishesOfSomeMillisecondsShareACommit() {
        long began = System.nanoTime();
        CompletionStage<Position> last = null;
        for (int i = 0; i < 200; i++) {
            last = relay.publish(room, null, body("m" + i, 1_000 + i));
            LockSupport.parkNanos(200_000); // Longer than it takes to store one.
        }
        get(last);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        assertTrue(archive.commits() <= millis / 4 + 2, archive.commits() + " in " + millis + " ms");
    }

    @Test
    void afterAnotherStartARoomGoesOnWhereItWas() {
        Position empty = get(relay.subscribe(new RoomName("empty")));
        Position second = null;
        for (int i = 1; i <= 3; i++) {
            second = i == 2
                    ? get(relay.publish(room, "key", body("m2", 1_002)))
                    : get(relay.publish(room, null, body("m" + i, 1_000 + i)));
            second = i == 3 ? new Position(second.epoch(), 2) : second;
        }
        start(PLENTY);
        assertEquals(empty, get(relay.subscribe(new RoomName("empty"))), "its clients have missed nothing");
        assertEquals(new Position(second.epoch(), 3, 1_003), get(relay.subscribe(room)), "with its proof");
        assertEquals(second, get(relay.publish(room, "key", body("again"))));
        assertEquals(new Position(second.epoch(), 4), publish("m4"));
        listener.awaitCount(room, 1);
        assertEquals(List.of(4L), listener.offsets(room));
        assertEquals(between(1, 4), allBackwards());
    }

    @Test
    void aKeyIsForgottenAfterItsTimeAlsoIfTheNodeWasAwayMeanwhile() {
        Position first = get(relay.publish(room, "key", body("a")));
        pass(Duration.ofSeconds(Relay.KEY_MEMORY_SECONDS - 1));
        start(PLENTY);
        assertEquals(first, get(relay.publish(room, "key", body("b"))));
        pass(Duration.ofSeconds(2));
        start(PLENTY);
        assertEquals(new Position(first.epoch(), 2), get(relay.publish(room, "key", body("c"))));
    }

    @Test
    void membersThatComeBackAfterAnotherStartMissNothing() {
        String epoch = publish("m1").epoch();
        LongStream.rangeClosed(2, 50).forEach(i -> publish("m" + i));
        start(PLENTY);
        try (RelayRooms rooms = new RelayRooms(relay)) {
            assertTrue(rooms.join(room, new Position(epoch, 1)).recovered());
            assertTrue(rooms.join(room, new Position(epoch, 50)).recovered());
            assertFalse(rooms.join(room, new Position("another", 1)).recovered());
        }
    }

    @Test
    void whatIsNotInMemoryIsReadFromTheArchive() {
        start(TEN);
        for (int i = 1; i <= 50; i++) {
            publish("m" + i);
        }
        assertEquals(between(1, 50), allBackwards());
        assertEquals(between(4, 33), offsets(get(relay.browseAfter(room, 3, 30)).messages()));
        assertEquals(
                between(41, 50),
                offsets(get(relay.historyAfter(room, 3, 30)).messages()),
                "members that come back are sent as much as the history may have");
        pass(Duration.ofHours(2));
        assertEquals(between(1, 50), allBackwards());
        assertEquals(
                between(41, 50), offsets(get(relay.historyAfter(room, 3, 30)).messages()));
    }

    @Test
    void whatIsTooOldIsDeletedAndTheRoomGoesOn() throws Exception {
        start(TEN);
        for (int i = 1; i <= 1_200; i++) {
            relay.publish(room, null, body("m" + i));
        }
        String epoch = publish("m1201").epoch();
        pass(Duration.ofHours(20));
        LongStream.rangeClosed(1_202, 1_220).forEach(i -> publish("m" + i));
        pass(Duration.ofHours(5));
        retention().sweep();
        assertEquals(1_201, metrics.get(Counter.ARCHIVE_DELETED));
        start(TEN);
        assertEquals(between(1_202, 1_220), allBackwards());
        assertFalse(get(relay.historyBefore(room, 1_209, 7)).more(), "nothing is left before " + between(1_202, 1_208));
        assertEquals(
                between(1_202, 1_205),
                offsets(get(relay.browseAfter(room, 3, 4)).messages()));
        try (RelayRooms rooms = new RelayRooms(relay)) {
            assertFalse(rooms.join(room, new Position(epoch, 1_200)).recovered(), "one is gone that it has not seen");
            assertTrue(rooms.join(room, new Position(epoch, 1_212)).recovered());
        }
        pass(Duration.ofDays(2));
        retention().sweep();
        start(TEN);
        assertEquals(List.of(), offsets(get(relay.historyBefore(room, 0, 10)).messages()));
        try (RelayRooms rooms = new RelayRooms(relay)) {
            assertTrue(rooms.join(room, new Position(epoch, 1_220)).recovered());
            assertFalse(rooms.join(room, new Position(epoch, 1_219)).recovered());
        }
        assertEquals(new Position(epoch, 1_221), publish("goes on"));
    }

    /** A commit may have thousands of rooms. */
    @Test
    void whoeverPublishesInARoomThatIsNotInMemoryBringsNoOlderMessageToIt() {
        for (int i = 1; i <= 50; i++) {
            get(relay.publish(room, null, new byte[4_000]));
        }
        start(PLENTY);
        publish("m51");
        assertTrue(memory.heldBytes() < 20_000, memory.heldBytes() + " bytes");
        assertEquals(between(1, 51), allBackwards());
        assertEquals(
                between(1, 51), offsets(get(relay.historyAfter(room, 0, 100)).messages()));
    }

    /** What comes from the archive must leave space for what is said next. */
    @Test
    void afterAnotherStartMessagesOfJoinedRoomsTakeNoMoreThanThereIs() {
        List<RoomName> joined =
                IntStream.range(0, 60).mapToObj(i -> new RoomName("room-" + i)).toList();
        for (RoomName each : joined) {
            get(relay.publishAll(each, Collections.nCopies(10, new Relay.Entry(null, new byte[4_000]))));
        }
        most = 1 << 20;
        start(PLENTY);
        for (RoomName each : joined) {
            assertEquals(10, get(relay.subscribe(each)).offset());
            assertTrue(memory.heldBytes() < most, memory.heldBytes() + " bytes");
        }
        for (RoomName each : joined) {
            assertEquals(11, get(relay.publish(each, "key", body("m"))).offset());
            assertEquals(
                    between(1, 11), offsets(get(relay.historyAfter(each, 0, 20)).messages()));
        }
    }

    @Test
    void nothingIsShownBeforeItIsCommitted() {
        get(relay.subscribe(room));
        publish("a");
        archive.hold();
        CompletableFuture<Position> ack = relay.publish(room, "key", body("b")).toCompletableFuture();
        CompletableFuture<Position> repeated =
                relay.publish(room, "key", body("b")).toCompletableFuture();
        archive.awaitHeld();
        assertFalse(ack.isDone());
        assertEquals(1, get(relay.position(room)).offset());
        assertEquals(List.of(1L), allBackwards());
        assertEquals(List.of(1L), listener.offsets(room));
        archive.letGo();
        assertEquals(2, get(ack).offset());
        assertEquals(get(ack), get(repeated));
        listener.awaitCount(room, 2);
    }

    @Test
    void aRoomWithoutAnOffsetLeftIsRefusedAlone() {
        StoredMessage last = new StoredMessage(Position.MAX_OFFSET, body("last", 1_000));
        get(relay.restore(room, new Restoring("e1", null, true, List.of(last))));
        archive.hold();
        RoomName other = new RoomName("other");
        CompletableFuture<Position> held = relay.publish(other, null, body("a")).toCompletableFuture();
        archive.awaitHeld();
        CompletableFuture<Position> full =
                relay.publish(room, null, body("too late")).toCompletableFuture();
        CompletableFuture<Position> same = relay.publish(other, null, body("b")).toCompletableFuture();
        archive.letGo();
        assertEquals(1, get(held).offset());
        assertEquals(2, get(same).offset());
        CompletionException failure = assertThrows(CompletionException.class, full::join);
        assertEquals(ErrorCode.BAD_REQUEST, ((ProtocolException) failure.getCause()).code());
        assertEquals(
                List.of(last.offset()),
                archive.before(room, "e1", Long.MAX_VALUE, 9, 1_000).stream()
                        .map(Archive.Message::offset)
                        .toList());
        assertEquals(0, metrics.get(Counter.ARCHIVE_FAILED));
    }

    @Test
    void whatCannotBeStoredIsRefusedAndSoIsReadiness() {
        get(relay.subscribe(room));
        archive.failBefore();
        assertUnavailable(relay.publish(room, "key", body("lost")));
        assertEquals(1, metrics.get(Counter.ARCHIVE_FAILED));
        assertEquals(0, metrics.get(Counter.ARCHIVE_STORED));
        assertUnavailable(relay.probe());
        assertEquals(0, get(relay.position(room)).offset());
        archive.letGo();
        get(relay.probe());
        assertEquals(1, get(relay.publish(room, "key", body("kept"))).offset());
        assertEquals(1, metrics.get(Counter.ARCHIVE_STORED));
        assertEquals(0, metrics.archiveQueueBytes());
        listener.awaitCount(room, 1);
        assertEquals(List.of("{\"content\":\"kept\"}"), listener.bodies(room));
    }

    @Test
    void anErrorOfTheJvmEndsNeitherCommitsNorReadsNorTheirAnswers() {
        archive.lackMemory();
        assertUnavailable(relay.subscribe(room));
        assertUnavailable(relay.publish(room, "key", body("lost")));
        assertUnavailable(relay.probe());
        archive.letGo();
        get(relay.probe());
        assertEquals(0, get(relay.subscribe(room)).offset());
        assertEquals(1, get(relay.publish(room, "key", body("kept"))).offset());
    }

    @Test
    void aReadThatFailsIsLoggedOnceAMinute() {
        archive.damage();
        try (CapturedLog log = CapturedLog.of(Warnings.class.getName())) {
            for (int i = 0; i < 5; i++) {
                assertUnavailable(relay.position(new RoomName("room-" + i)));
            }
            assertEquals(List.of("A read from the archive failed: a test"), log.messages(Level.WARNING));
        }
    }

    @Test
    void whatIsPublishedWhileTheRelayClosesIsAnswered() throws Exception {
        CompletableFuture<Void> closing = CompletableFuture.runAsync(relay::close);
        List<CompletableFuture<Position>> answers = new ArrayList<>();
        do {
            answers.add(relay.publish(room, null, body("m")).toCompletableFuture());
        } while (!answers.get(answers.size() - 1).isCompletedExceptionally());
        get(closing);
        for (CompletableFuture<Position> answer : answers) {
            assertTrue(answer.handle((position, failure) -> true).get(20, TimeUnit.SECONDS));
        }
    }

    /** As when the answer to a commit is lost on the way. */
    @Test
    void whatWasStoredThoughItSeemedNotIsDeliveredInItsPlace() {
        get(relay.subscribe(room));
        archive.failAfter();
        assertUnavailable(relay.publish(room, "key", body("a")));
        archive.letGo();
        assertEquals(2, publish("b").offset());
        assertEquals(1, get(relay.publish(room, "key", body("a"))).offset());
        listener.awaitCount(room, 2);
        assertEquals(List.of("{\"content\":\"a\"}", "{\"content\":\"b\"}"), listener.bodies(room));
    }

    @Test
    void damageIsNeverWrittenTo() {
        publish("a");
        archive.damage();
        assertUnavailable(relay.browseAfter(new RoomName("elsewhere"), 0, 10));
        archive.letGo();
        assertUnavailable(relay.publish(room, null, body("b")));
        assertUnavailable(relay.probe());
    }

    @Test
    void aRoomWithoutHistoryIsNotArchived() {
        start(new HistoryLimits(0, Duration.ofHours(1), 64L << 20));
        Position first = publish("a");
        start(new HistoryLimits(0, Duration.ofHours(1), 64L << 20));
        assertEquals(0, get(relay.position(room)).offset());
        assertNotEquals(first.epoch(), get(relay.position(room)).epoch(), "its offsets begin anew");
        assertEquals(Optional.empty(), archive.numbering(room));
    }

    @Test
    void aRoomIsLoadedAgainAfterItWasForgotten() {
        publish("a");
        pass(Duration.ofHours(2));
        Position before = get(relay.position(room));
        pass(Duration.ofDays(2));
        assertEquals(before, get(relay.position(room)));
        assertEquals(2, publish("b").offset());
    }
}
