package io.roomcast.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.RoomName;
import io.roomcast.support.ManualTransport;
import io.roomcast.support.Queues;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of a client that reads too slowly. */
class OutboundQueueLimitsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ManualTransport transport = new ManualTransport();
    private long now = Long.MAX_VALUE - SECOND;
    private final OutboundQueue queue = Queues.of(transport, new OutboundLimits(10, 10 * SECOND), true, () -> now);

    @Test
    void theLimitCountsBytesOfUtf8() {
        queue.offer(message("in flight, not counted"));
        assertTrue(queue.offer(message("ä€😀")), "2 + 3 + 4 bytes");
        assertEquals(9, queue.waitingBytes());
        assertTrue(queue.offer(message("x")));
        assertNull(transport.closeCode());

        assertFalse(queue.offer(message("y")));
        assertEquals(CloseCode.SLOW_CONSUMER, transport.closeCode());
        assertEquals(0, queue.waitingBytes(), "a closed queue keeps nothing");
    }

    @Test
    void controlFramesThatTheNetworkDoesNotTakeCount() {
        queue.offer(message("a"));
        queue.addControlBytes(8);
        assertEquals(8, queue.waitingBytes());
        assertTrue(queue.offer(EncodedFrame.of(FrameKind.SIGNAL, "12")), "fits beside them");
        assertFalse(queue.offer(EncodedFrame.of(FrameKind.SIGNAL, "3")));
        queue.addControlBytes(-4);
        assertTrue(queue.offer(message("1234")));
        assertFalse(queue.offer(message("5678")));
        assertEquals(CloseCode.SLOW_CONSUMER, transport.closeCode());
        queue.addControlBytes(-4);
        assertEquals(0, queue.waitingBytes());
    }

    @Test
    void aSignalOverTheLimitIsDroppedAndTheConnectionStays() {
        queue.offer(message("a"));
        queue.offer(message("0123456789"));
        assertFalse(queue.offer(EncodedFrame.of(FrameKind.SIGNAL, "s")));
        assertFalse(queue.offer(EncodedFrame.of(FrameKind.PRESENCE, "p")));
        assertNull(transport.closeCode());
        transport.completeAll();
        assertEquals(List.of("a", "0123456789"), transport.sent());
    }

    @Test
    void staleSignalsAndPresenceMakeRoomFirst() {
        queue.offer(message("a"));
        queue.offer(EncodedFrame.of(FrameKind.SIGNAL, "1234"));
        queue.offer(message("m"));
        queue.offer(EncodedFrame.of(FrameKind.PRESENCE, "5678"));
        assertTrue(queue.offer(message("123456789")));
        assertEquals(10, queue.waitingBytes());
        transport.completeAll();
        assertEquals(List.of("a", "m\n123456789"), transport.sent());

        assertNull(transport.closeCode());
    }

    @Test
    void whereWordOfWhoCameAndWentIsDroppedOneWordForEachRoomSaysSo() {
        queue.offer(message("a"));
        queue.offer(presence("lobby", "+ann", "1 there"));
        queue.offer(presence("other", "+cem", "1 here"));
        queue.offer(message("0123456789"));
        assertFalse(queue.offer(presence("lobby", "+bob", "2 there")));
        assertFalse(queue.offer(presence("lobby", "-bob", "1 again")));
        assertEquals(10, queue.waitingBytes());
        transport.completeAll();
        assertEquals(List.of("a", "1 again\n1 here\n0123456789"), transport.sent());

        queue.offer(message("b"));
        queue.offer(presence("lobby", "-ann", "nobody"));
        transport.completeAll();
        assertEquals(List.of("a", "1 again\n1 here\n0123456789", "b", "-ann"), transport.sent());
    }

    @Test
    void whatIsDroppedAfterARoomWasLeftIsToldAfterThat() {
        queue.offer(message("a"));
        queue.offer(message("0123456789"));
        queue.offer(presence("lobby", "+ann", "first"));
        queue.separateGaps(new RoomName("lobby"));
        queue.offer(presence("lobby", "+bob", "second"));
        transport.completeAll();
        assertEquals(List.of("a", "0123456789\nfirst\nsecond"), transport.sent());
    }

    private static EncodedFrame presence(String room, String text, String unnamed) {
        return EncodedFrame.of(
                new EncodedFrame.Fallback(new RoomName(room), () -> EncodedFrame.of(FrameKind.PRESENCE, unnamed)),
                text);
    }

    @Test
    void messagesAndRepliesAreNeverDroppedSilently() {
        queue.offer(message("a"));
        queue.offer(message("01234"));
        assertFalse(queue.offer(EncodedFrame.of(FrameKind.REPLY, "012345")));
        assertEquals(CloseCode.SLOW_CONSUMER, transport.closeCode());
    }

    @Test
    void aFrameLargerThanTheLimitMayWaitAlone() {
        queue.offer(message("a"));
        queue.offer(EncodedFrame.of(FrameKind.SIGNAL, "s"));
        assertTrue(queue.offer(message("larger than all that may wait")));
        assertNull(transport.closeCode());
        transport.completeAll();
        assertEquals(List.of("a", "larger than all that may wait"), transport.sent());
    }

    @Test
    void zeroLiftsTheLimit() {
        OutboundQueue unlimited = Queues.of(transport, new OutboundLimits(0, 0), true, () -> now);
        for (int i = 0; i < 1_000; i++) {
            assertTrue(unlimited.offer(message("0123456789")));
        }
        now += 3_600 * SECOND;
        unlimited.closeIfStuck();
        assertNull(transport.closeCode());
    }

    @Test
    void aClientThatReadsNothingIsClosedWhenOneSendIsTooOld() {
        queue.offer(message("a"));
        now += 10 * SECOND;
        queue.closeIfStuck();
        assertNull(transport.closeCode(), "just in time");
        now += 1;
        queue.closeIfStuck();
        assertEquals(CloseCode.SLOW_CONSUMER, transport.closeCode());
    }

    @Test
    void everyCompletedSendIsASignOfLife() {
        for (int i = 0; i < 5; i++) {
            queue.offer(message("a"));
            queue.offer(message("b"));
            now += 9 * SECOND;
            transport.complete();
            now += 9 * SECOND;
            queue.closeIfStuck();
            transport.complete();
        }
        assertNull(transport.closeCode());
    }

    @Test
    void anIdleSessionIsNotStuck() {
        queue.offer(message("a"));
        transport.complete();
        now += 3_600 * SECOND;
        queue.closeIfStuck();
        assertNull(transport.closeCode());
    }

    private static EncodedFrame message(String text) {
        return EncodedFrame.of(FrameKind.MESSAGE, text);
    }
}
