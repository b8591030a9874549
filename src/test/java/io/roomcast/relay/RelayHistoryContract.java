package io.roomcast.relay;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.support.RelayRooms;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every relay promises of the history that it keeps. */
public abstract class RelayHistoryContract extends RelayFixture {
    /** Longer than a slow machine takes from a publish to the next read. */
    private static final Duration AGE = Duration.ofSeconds(3);

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
    void eachRoomHasTheHistoryOfItsOwnLimits() {
        RoomName small = new RoomName("small-" + room);
        HistoryLimits two = new HistoryLimits(2, Duration.ofHours(1), 64L << 20);
        start(asked -> asked.equals(small) ? two : PLENTY);
        for (int i = 1; i <= 5; i++) {
            publish("m" + i);
            get(relay.publish(small, null, body("m" + i)));
        }
        assertEquals(5, allAfter(0).size());
        assertEquals(
                List.of(4L, 5L), offsets(get(relay.historyAfter(small, 0, 10)).messages()));
    }

    @Test
    void historyIsBoundedByAge() {
        start(new HistoryLimits(1_000, AGE, 64L << 20));
        Position old = publish("old");
        pass(AGE);
        Position young = publish("young");

        HistoryPage page = get(relay.historyAfter(room, 0, 10));
        List<Long> kept = forgets() ? List.of(2L) : List.of(1L, 2L);
        assertEquals(kept, offsets(page.messages()));
        assertEquals(kept, offsets(get(relay.historyBefore(room, 0, 10)).messages()));
        assertEquals(old.epoch(), young.epoch());
        assertEquals(young.epoch(), page.epoch());
        assertEquals(2, young.offset());
    }

    @Test
    void numberingOutlivesTheHistory() {
        start(new HistoryLimits(1_000, AGE, 64L << 20));
        Position old = publish("old");
        pass(AGE);

        assertEquals(old, get(relay.subscribe(room)));
        HistoryPage page = get(relay.historyAfter(room, 0, 10));
        assertEquals(forgets() ? List.of() : List.of(1L), offsets(page.messages()));
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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pagesForwardsAreConsecutiveAndSayWhetherThereIsMore(boolean subscribed) {
        if (subscribed) {
            get(relay.subscribe(room));
        }
        IntStream.rangeClosed(1, 10).forEach(i -> publish("m" + i));
        if (subscribed) {
            listener.awaitCount(room, 10);
        }

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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pagesBackwardsAreConsecutiveAndSayWhetherThereIsMore(boolean subscribed) {
        if (subscribed) {
            get(relay.subscribe(room));
        }
        IntStream.rangeClosed(1, 10).forEach(i -> publish("m" + i));
        if (subscribed) {
            listener.awaitCount(room, 10);
        }

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

    /** Whoever returns with the time of its last message is told when that is another message now. */
    @Test
    void positionsProveThemselves() {
        String epoch = get(relay.publish(room, null, body("a", 1_001))).epoch();
        get(relay.publish(room, null, body("b", 1_002)));
        get(relay.publish(room, null, body("c", 1_003)));
        Position last = new Position(epoch, 3, 1_003);

        assertEquals(last, get(relay.subscribe(room)));
        try (RelayRooms rooms = new RelayRooms(relay)) {
            for (long offset = 1; offset <= 3; offset++) {
                Position same = new Position(epoch, offset, 1_000 + offset);
                Position other = new Position(epoch, offset, 2_000 + offset);
                assertEquals(new RelayRooms.Answer(last, true), rooms.join(room, same));
                assertEquals(new RelayRooms.Answer(last, false), rooms.join(room, other));
            }
            assertEquals(new RelayRooms.Answer(last, true), rooms.join(room, new Position(epoch, 2)), "as before");
        }
    }

    /** What the history has let go of cannot be compared. */
    @Test
    void positionThatTheHistoryHasLeftBehindCountsByItself() {
        start(new HistoryLimits(2, Duration.ofHours(1), 64L << 20));
        String epoch = get(relay.publish(room, null, body("a", 1_001))).epoch();
        get(relay.publish(room, null, body("b", 1_002)));
        get(relay.publish(room, null, body("c", 1_003)));
        try (RelayRooms rooms = new RelayRooms(relay)) {
            assertTrue(rooms.join(room, new Position(epoch, 1, 2_001)).recovered());
            assertFalse(rooms.join(room, new Position(epoch, 0)).recovered());
        }
    }

    @Test
    void historyOfARoomThatNobodyUsedIsEmpty() {
        HistoryPage page = get(relay.historyBefore(room, 0, 50));
        assertEquals(List.of(), page.messages());
        assertFalse(page.more());
        assertFalse(page.epoch().isEmpty());
    }
}
