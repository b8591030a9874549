package io.roomcast.cursor;

import static io.roomcast.redis.RedisNode.upTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.support.RecordingListener;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The cursor with a log that answers when the test says so. */
class RoomCursorTest {
    private static final String SERVER = "one";

    private final RoomName room = new RoomName("lobby");
    private final RecordingListener listener = new RecordingListener();
    private final NodeMetrics metrics = new NodeMetrics();
    /** Read numbers of the reads that were requested. */
    private final ArrayDeque<Integer> reads = new ArrayDeque<>();

    private int renumberings;

    private final RoomCursor cursor = new RoomCursor(
            room,
            listener,
            new RoomCursor.LogReader() {
                @Override
                public void read(RoomCursor cursor, int readNumber) {
                    reads.add(readNumber);
                }

                @Override
                public void renumber(RoomCursor cursor, int readNumber) {
                    renumberings++;
                }
            },
            metrics,
            System::nanoTime);

    private static byte[] body(String epoch, long offset) {
        return (epoch + offset).getBytes(StandardCharsets.UTF_8);
    }

    private void arrive(String epoch, long offset) {
        cursor.arrive(new RoomCursor.Arrival(epoch, offset, SERVER, body(epoch, offset)));
    }

    /** Answers the read that was asked for last, with the messages from {@code first} to {@code last}. */
    private void answer(String epoch, long offset, long base, boolean more, long first, long last) {
        List<StoredMessage> messages = LongStream.rangeClosed(first, last)
                .mapToObj(each -> new StoredMessage(each, body(epoch, each)))
                .toList();
        int readNumber = reads.removeLast();
        reads.clear();
        cursor.pageRead(readNumber, new LogPage(epoch, offset, base, more, messages));
    }

    private void comeInSync(long offset) {
        cursor.channelSubscribed(true, SERVER);
        answer("a", offset, 0, false, offset, offset);
        assertTrue(reads.isEmpty());
    }

    @Test
    void beginsWhereTheLogStands() {
        cursor.channelSubscribed(true, SERVER);
        assertFalse(cursor.subscribed().isDone());
        answer("a", 7, 0, false, 7, 7);

        assertEquals(new Position("a", 7), cursor.subscribed().join());
        assertEquals(List.of(), listener.offsets(room));
        arrive("a", 8);
        assertEquals(List.of(8L), listener.offsets(room));
    }

    @Test
    void whatArrivesWhileTheLogIsReadIsHeldAndDeliveredOnce() {
        cursor.channelSubscribed(true, SERVER);
        arrive("a", 1);
        arrive("a", 2);
        arrive("a", 3);
        answer("a", 2, 0, false, 2, 2);

        assertEquals(List.of(3L), listener.offsets(room));
    }

    @Test
    void messageThatWasDeliveredIsNotDeliveredAgain() {
        comeInSync(0);
        arrive("a", 1);
        arrive("a", 1);
        assertEquals(upTo(1), listener.offsets(room));
        assertEquals(0, metrics.get(Counter.GAPS_SEEN));
    }

    /** The channel has the messages of an epoch in order, unless the data of the room have stepped back. */
    @Test
    void logIsReadWhenTheChannelStepsBack() {
        comeInSync(0);
        LongStream.rangeClosed(1, 5).forEach(offset -> arrive("a", offset));
        arrive("a", 3);
        assertEquals(1, reads.size());
        arrive("a", 4);
        answer("b", 4, 4, false, 5, 4);
        answer("b", 4, 4, false, 5, 4);
        assertEquals(List.of(new Position("b", 4)), listener.resets(room));
        arrive("b", 5);
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 5L), listener.offsets(room));
    }

    /** Messages that were read from the log come over the channel later. */
    @Test
    void channelMayLagBehindTheLog() {
        comeInSync(0);
        arrive("a", 2);
        answer("a", 4, 0, false, 1, 4);
        LongStream.rangeClosed(3, 5).forEach(offset -> arrive("a", offset));
        assertTrue(reads.isEmpty());
        assertEquals(upTo(5), listener.offsets(room));
    }

    @Test
    void holeIsFilledFromTheLog() {
        comeInSync(0);
        arrive("a", 1);
        arrive("a", 4);
        assertEquals(1, reads.size());
        arrive("a", 5);
        answer("a", 4, 0, false, 1, 4);

        assertEquals(upTo(5), listener.offsets(room));
        assertEquals(List.of(), listener.resets(room));
        assertEquals(1, metrics.get(Counter.GAPS_SEEN));
        assertEquals(3, metrics.get(Counter.MESSAGES_REPAIRED));
        assertEquals(1, metrics.get(Counter.GAPS_REPAIRED));
        assertEquals(0, metrics.get(Counter.GAPS_LOST));
    }

    @Test
    void longHolesAreReadInPages() {
        comeInSync(0);
        arrive("a", 9);
        answer("a", 9, 0, true, 1, 4);
        answer("a", 9, 0, true, 4, 7);
        answer("a", 9, 0, false, 7, 9);

        assertEquals(upTo(9), listener.offsets(room));
        assertTrue(reads.isEmpty());
    }

    @Test
    void answerOfAnEarlierReadIsNotUsed() {
        comeInSync(0);
        arrive("a", 2);
        int first = reads.removeLast();
        cursor.channelSubscribed(true, SERVER);
        cursor.pageRead(first, new LogPage("b", 0, 0, false, List.of()));
        assertEquals(List.of(), listener.resets(room));
        answer("a", 2, 0, false, 1, 2);

        assertEquals(upTo(2), listener.offsets(room));
    }

    @Test
    void rangeThatIsGoneIsToldAsReset() {
        comeInSync(3);
        arrive("a", 20);
        answer("a", 20, 0, false, 11, 20);

        assertEquals(List.of(new Position("a", 10)), listener.resets(room));
        assertEquals(LongStream.rangeClosed(11, 20).boxed().toList(), listener.offsets(room));
        assertEquals(1, metrics.get(Counter.GAPS_SEEN));
        assertEquals(1, metrics.get(Counter.GAPS_LOST));
        assertEquals(0, metrics.get(Counter.GAPS_REPAIRED));
    }

    @Test
    void newEpochIsToldAndGoneOnWith() {
        comeInSync(5);
        arrive("b", 1);
        answer("b", 1, 0, false, 1, 0);
        answer("b", 1, 0, false, 1, 1);

        assertEquals(List.of(new Position("b", 0)), listener.resets(room));
        assertEquals(upTo(1), listener.offsets(room));
        assertEquals(new Position("b", 1), cursor.position());
    }

    @Test
    void anotherMessageInTheLastOnesPlaceEndsTheEpoch() {
        comeInSync(0);
        arrive("a", 1);
        cursor.channelSubscribed(true, SERVER);
        int readNumber = reads.removeLast();
        cursor.pageRead(readNumber, new LogPage("a", 1, 0, false, List.of(new StoredMessage(1, body("other", 1)))));

        assertEquals(1, renumberings);
        cursor.retry(readNumber);
        answer("b", 1, 1, false, 1, 1);
        answer("b", 1, 1, false, 1, 1);
        assertEquals(List.of(new Position("b", 1)), listener.resets(room));
    }

    /** It stood still while the room went on elsewhere: what it says now is of a log that nobody reads. */
    @Test
    void whatAServerSaysThatWasLeftIsNotPutBehindTheLogOfAnother() {
        String next = "other";
        comeInSync(0);
        arrive("a", 1);
        cursor.channelSubscribed(true, next);
        answer("a", 1, 0, false, 1, 1);
        arrive("a", 2); // By the one that was left.
        assertEquals(upTo(1), listener.offsets(room));
        answer("a", 1, 0, false, 1, 1);
        cursor.arrive(new RoomCursor.Arrival("a", 2, next, body("a", 2)));
        assertEquals(upTo(2), listener.offsets(room));
        cursor.arrive(new RoomCursor.Arrival("a", 3, next, body("a", 3)));
        assertEquals(upTo(3), listener.offsets(room));
    }

    /** As a replica that has taken the master's place passes on what the former master says late. */
    @Test
    void messageOfAnotherServerOfTheShardIsReadFromTheLogIfItIsThere() {
        comeInSync(0);
        arrive("a", 1);
        cursor.arrive(new RoomCursor.Arrival("a", 2, "former", body("late", 2)));
        answer("a", 1, 0, false, 1, 1);
        assertEquals(upTo(1), listener.offsets(room));

        cursor.arrive(new RoomCursor.Arrival("a", 2, "former", body("a", 2)));
        answer("a", 2, 0, false, 1, 2);
        assertEquals(upTo(2), listener.offsets(room));
    }

    @Test
    void otherMessageAtThePositionOfTheLastEndsTheEpoch() {
        comeInSync(0);
        arrive("a", 1);
        cursor.arrive(new RoomCursor.Arrival("a", 1, SERVER, body("other", 1)));
        cursor.pageRead(
                reads.removeLast(), new LogPage("a", 1, 0, false, List.of(new StoredMessage(1, body("other", 1)))));
        assertEquals(1, renumberings);
    }

    @Test
    void whatCannotBeUnderstoodIsReadFromTheLog() {
        comeInSync(0);
        cursor.arriveUnknown();
        answer("a", 1, 0, false, 1, 1);
        assertEquals(upTo(1), listener.offsets(room));
        assertEquals(0, metrics.get(Counter.GAPS_SEEN));
    }

    @Test
    void whatAReconnectMissedIsOneGapOverAllPages() {
        comeInSync(0);
        arrive("a", 1);
        cursor.channelSubscribed(true, SERVER);
        answer("a", 9, 0, true, 1, 4);
        assertEquals(1, metrics.get(Counter.GAPS_SEEN));
        assertEquals(0, metrics.get(Counter.GAPS_REPAIRED));
        answer("a", 9, 0, false, 4, 9);
        cursor.channelSubscribed(true, SERVER);
        answer("a", 9, 0, false, 9, 9);

        assertEquals(1, metrics.get(Counter.GAPS_SEEN));
        assertEquals(1, metrics.get(Counter.GAPS_REPAIRED));
    }

    @Test
    void tooMuchToHoldIsReadAgain() {
        comeInSync(0);
        LongStream.rangeClosed(2, 1_100).forEach(offset -> arrive("a", offset));
        answer("a", 1_000, 0, false, 1, 1_000);
        assertEquals(1, reads.size());
        answer("a", 1_100, 0, false, 1_000, 1_100);

        assertEquals(upTo(1_100), listener.offsets(room));
        arrive("a", 1_101);
        assertEquals(upTo(1_101), listener.offsets(room));
    }

    @Test
    void roomInWhichNothingIsSaidIsReadNowAndThen() {
        comeInSync(0);
        cursor.readIfQuiet(System.nanoTime());
        assertTrue(reads.isEmpty());
        cursor.readIfQuiet(System.nanoTime() + 2 * RoomCursor.QUIET_NANOS);
        assertEquals(1, reads.size());
        answer("a", 0, 0, false, 1, 0);
        arrive("a", 1);

        assertEquals(upTo(1), listener.offsets(room));
        assertEquals(List.of(), listener.resets(room));
    }

    @Test
    void nothingIsDeliveredAfterTheEnd() {
        comeInSync(0);
        cursor.close("the end");
        arrive("a", 1);
        cursor.signal(FrameKind.SIGNAL, body("a", 1));
        cursor.channelSubscribed(true, SERVER);

        assertEquals(List.of(), listener.offsets(room));
        assertEquals(List.of(), listener.signals());
        assertTrue(reads.isEmpty());
    }

    @Test
    void endBeforeTheBeginningFailsTheSubscription() {
        cursor.close("the end");
        assertTrue(cursor.subscribed().isCompletedExceptionally());
    }
}
