package io.roomcast.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.RoomName;
import io.roomcast.support.ManualTransport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The second step against a client that reads too slowly: its messages are forgotten, and it is told which. */
class SlowConsumerTest {
    private static final RoomName RED = new RoomName("red");
    private static final RoomName BLUE = new RoomName("blue");
    /** Has no history. */
    private static final RoomName FORGETFUL = new RoomName("grey");

    private final ManualTransport transport = new ManualTransport();
    private final NodeMetrics metrics = new NodeMetrics();
    private final OutboundQueue queue = new OutboundQueue(
            transport,
            new OutboundBudget(new OutboundLimits(40, 0)),
            false,
            () -> 0,
            new GapFrameFactory() {
                @Override
                public EncodedFrame of(MessageRange range) {
                    return EncodedFrame.of(
                            FrameKind.REPLY,
                            "behind " + range.room() + " " + range.epoch() + ":" + range.first() + ".." + range.last());
                }

                @Override
                public boolean mayDrop(RoomName room) {
                    return !room.equals(FORGETFUL);
                }
            },
            metrics);

    @Test
    void whatWaitsOfARoomIsToldOfOnceAndThenTheNextMessageFollows() {
        offer(RED, 1);
        for (int i = 2; i <= 100; i++) {
            offer(RED, i);
        }
        assertEquals(0, queue.waitingBytes(), "a client that reads nothing costs nothing more");

        transport.complete();
        offer(RED, 101);
        transport.completeAll();
        assertEquals(List.of("red 1 ", "behind red e1:2..100", "red 101 "), transport.sent());
        assertNull(transport.closeCode());
        assertEquals(99, metrics.get(Counter.QUEUE_MESSAGES_FORGOTTEN));
        assertEquals(1, metrics.get(Counter.QUEUE_BEHIND_SENT));
    }

    @Test
    void answersStayAndKeepTheirPlaceAmongWhatIsForgotten() {
        offer(RED, 1);
        offer(RED, 2);
        reply("first");
        offer(BLUE, 7);
        offer(RED, 3);
        reply("second");
        for (int i = 4; i <= 10; i++) {
            offer(RED, i);
        }
        offer(BLUE, 8);
        transport.completeAll();
        assertEquals(
                List.of("red 1 ", "behind red e1:2..10", "first", "behind blue e1:7..8", "second"), transport.sent());
    }

    @Test
    void aRoomThatIsBegunAnewIsToldOfAfterTheAnswerToItsJoin() {
        offer(RED, 1);
        for (int i = 2; i <= 10; i++) {
            offer(RED, i);
        }
        queue.separateGaps(RED);
        reply("joined at 10");
        for (int i = 11; i <= 20; i++) {
            offer(RED, i);
        }
        transport.completeAll();
        assertEquals(
                List.of("red 1 ", "behind red e1:2..10", "joined at 10", "behind red e1:11..20"), transport.sent());
    }

    @Test
    void messagesThatNoHistoryHasAreNotForgotten() {
        offer(FORGETFUL, 1);
        offer(FORGETFUL, 2);
        for (int i = 1; i <= 10; i++) {
            offer(RED, i);
        }
        transport.completeAll();
        assertEquals(List.of("grey 1 ", "grey 2 ", "behind red e1:1..10"), transport.sent());

        for (int i = 3; i <= 20; i++) {
            offer(FORGETFUL, i);
        }
        assertEquals(CloseCode.SLOW_CONSUMER, transport.closeCode());
    }

    @Test
    void aNewNumberingIsNoPartOfWhatWasForgottenBefore() {
        offer(RED, 1);
        for (int i = 2; i <= 10; i++) {
            offer(RED, i);
        }
        reply("behind all of e1");
        for (int i = 1; i <= 10; i++) {
            queue.offer(message(new MessageRange(RED, "e2", i, i)));
        }
        transport.completeAll();
        assertEquals(
                List.of("red 1 ", "behind red e1:2..10", "behind all of e1", "behind red e2:1..10"), transport.sent());
    }

    @Test
    void presenceAndSignalsGoBeforeAnyMessageDoes() {
        offer(RED, 1);
        offer(RED, 2);
        queue.offer(EncodedFrame.of(FrameKind.SIGNAL, "somebody is typing something"));
        assertTrue(queue.offer(message(new MessageRange(RED, "e1", 3, 3))));
        assertTrue(queue.offer(message(new MessageRange(RED, "e1", 4, 4))));
        transport.completeAll();
        assertEquals(List.of("red 1 ", "red 2 ", "red 3 ", "red 4 "), transport.sent());
        assertEquals(1, metrics.get(Counter.QUEUE_NOTICES_DROPPED));
        assertEquals(0, metrics.get(Counter.QUEUE_MESSAGES_FORGOTTEN));
    }

    @Test
    void answersThatAreTooMuchByThemselvesCostTheConnection() {
        offer(RED, 1);
        offer(RED, 2);
        reply("0123456789012345678901234567890");
        assertNull(transport.closeCode());
        assertFalse(queue.offer(EncodedFrame.of(FrameKind.REPLY, "0123456789")));
        assertEquals(CloseCode.SLOW_CONSUMER, transport.closeCode());
        assertEquals(1, metrics.get(Counter.QUEUE_CLOSED_OVERFLOW));
    }

    @Test
    void joinedFramesHoldWhatWasForgottenInItsPlace() {
        ManualTransport joining = new ManualTransport();
        OutboundQueue joiner = new OutboundQueue(
                joining,
                new OutboundBudget(new OutboundLimits(12, 0)),
                true,
                () -> 0,
                range -> EncodedFrame.of(FrameKind.REPLY, "behind " + range.first() + ".." + range.last()),
                metrics);
        joiner.offer(message(new MessageRange(RED, "e1", 1, 1)));
        joiner.offer(EncodedFrame.of(FrameKind.REPLY, "a"));
        joiner.offer(message(new MessageRange(RED, "e1", 2, 2)));
        joiner.offer(message(new MessageRange(RED, "e1", 3, 5)));
        joiner.offer(EncodedFrame.of(FrameKind.REPLY, "b"));
        joining.completeAll();
        assertEquals(List.of("red 1 ", "a\nbehind 2..5\nb"), joining.sent());
    }

    private void offer(RoomName room, long offset) {
        queue.offer(message(new MessageRange(room, "e1", offset, offset)));
    }

    private void reply(String text) {
        assertTrue(queue.offer(EncodedFrame.of(FrameKind.REPLY, text)));
    }

    private static EncodedFrame message(MessageRange range) {
        return EncodedFrame.of(range, (range.room() + " " + range.first() + " ").getBytes(StandardCharsets.UTF_8));
    }
}
