package io.roomcast.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.RoomName;
import io.roomcast.support.ManualTransport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What all sessions of a node may let wait together. */
class OutboundBudgetTest {
    private static final int KIB = 1024;

    private final OutboundBudget budget = new OutboundBudget(new OutboundLimits(100 * KIB, 0, 400 * KIB));
    private final List<ManualTransport> transports = new ArrayList<>();
    private long offset;

    @Test
    void aFrameThatWaitsInManyQueuesCountsOnce() {
        EncodedFrame shared = message("a", KIB);
        List<OutboundQueue> queues = List.of(stuck(), stuck(), stuck());
        queues.forEach(queue -> assertTrue(queue.offer(shared)));
        assertEquals(KIB, budget.held());

        transports.get(0).completeAll();
        queues.get(1).markClosed();
        assertEquals(KIB, budget.held(), "one still has it");
        transports.get(2).completeAll();
        assertEquals(0, budget.held());
    }

    @Test
    void theMoreClientsAreSlowTheLessEachMayKeepAndSomethingStaysFree() {
        List<OutboundQueue> queues = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            queues.add(stuck());
        }
        for (int turn = 0; turn < 100; turn++) {
            for (int i = 0; i < queues.size(); i++) {
                queues.get(i).offer(message("room" + i, KIB));
            }
            assertTrue(budget.held() <= 400 * KIB, "held " + budget.held());
        }
        transports.forEach(transport -> assertNull(transport.closeCode(), "nobody is cut for it"));
        transports.forEach(ManualTransport::completeAll);
        assertEquals(0, budget.held());
        transports.forEach(transport -> assertTrue(transport.frames().get(1).startsWith("behind"), "each is told"));
    }

    @Test
    void whereNothingIsLeftNotEvenOneMessageWaits() {
        OutboundQueue greedy = stuck();
        budget.setLimits(new OutboundLimits(0, 0, 10 * KIB));
        greedy.offer(EncodedFrame.of(FrameKind.REPLY, "x".repeat(20 * KIB)));
        OutboundQueue other = stuck();
        assertFalse(other.offer(message("a", KIB)));
        assertTrue(other.offer(EncodedFrame.of(FrameKind.REPLY, "an answer")), "it cannot be forgotten");
        other.offer(EncodedFrame.of(FrameKind.REPLY, "x".repeat(64 * KIB)));
        assertEquals(CloseCode.SLOW_CONSUMER, transports.get(1).closeCode());

        greedy.markClosed();
        assertEquals(0, budget.held());
        assertTrue(stuck().offer(message("a", KIB)));
    }

    @Test
    void whatIsJoinedForOneSessionCountsUntilItIsSent() {
        OutboundQueue queue = stuck();
        queue.offer(message("a", KIB));
        queue.offer(message("a", KIB));
        transports.get(0).complete();
        assertEquals(2 * KIB + 1, budget.held(), "in flight, and nobody else's");
        transports.get(0).complete();
        assertEquals(0, budget.held());

        queue.offer(message("a", KIB));
        queue.offer(message("a", KIB));
        queue.offer(message("a", KIB));
        transports.get(0).complete();
        queue.close(CloseCode.NORMAL, "");
        assertEquals(0, budget.held());
    }

    @Test
    void anAnswerCountsUntilItIsSent() {
        OutboundQueue queue = stuck();
        queue.offer(EncodedFrame.of(FrameKind.REPLY, "x".repeat(KIB)));
        transports.get(0).complete();
        assertEquals(KIB, budget.held(), "in flight");
        transports.get(0).complete();
        assertEquals(0, budget.held());
    }

    @Test
    void nothingMoreIsReservedThanThereMayBe() {
        assertTrue(budget.tryReserve(300 * KIB));
        assertFalse(budget.tryReserve(200 * KIB));
        assertTrue(budget.tryReserve(100 * KIB));
        budget.release(300 * KIB);
        assertTrue(budget.tryReserve(200 * KIB));
        assertEquals(300 * KIB, budget.held());
    }

    /** A queue whose client has not read the first frame. */
    private OutboundQueue stuck() {
        ManualTransport transport = new ManualTransport();
        transports.add(transport);
        OutboundQueue queue = new OutboundQueue(
                transport,
                budget,
                true,
                () -> 0,
                range -> EncodedFrame.of(FrameKind.REPLY, "behind " + range.first() + ".." + range.last()),
                new NodeMetrics());
        queue.offer(EncodedFrame.of(FrameKind.SIGNAL, "in flight"));
        return queue;
    }

    private EncodedFrame message(String room, int bytes) {
        offset++;
        return EncodedFrame.of(new MessageRange(new RoomName(room), "e1", offset, offset), new byte[bytes]);
    }
}
