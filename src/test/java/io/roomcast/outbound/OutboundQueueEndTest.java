package io.roomcast.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.CloseCode;
import io.roomcast.support.ManualTransport;
import io.roomcast.support.Queues;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens once nothing waits, and how a connection ends. */
class OutboundQueueEndTest {
    private final ManualTransport transport = new ManualTransport();
    private final OutboundQueue queue = Queues.of(transport, new OutboundLimits(100, 0), true, () -> 0);
    private final List<String> ran = new ArrayList<>();

    @Test
    void aTaskRunsAtOnceWhenNothingWaits() {
        queue.whenNoneWaits(() -> ran.add("idle"));
        offer("a");
        queue.whenNoneWaits(() -> ran.add("in flight"));
        assertEquals(List.of("idle", "in flight"), ran);
    }

    @Test
    void aTaskWaitsForWhatWaitsAndRunsOnce() {
        offer("a");
        offer("b");
        queue.whenNoneWaits(() -> ran.add("first"));
        queue.whenNoneWaits(() -> ran.add("second"));
        assertEquals(List.of(), ran);
        transport.complete();
        assertEquals(List.of("first", "second"), ran);
        transport.completeAll();
        assertEquals(2, ran.size());
    }

    @Test
    void whatATaskOffersFollowsWhatWaitedBefore() {
        offer("a");
        offer("b");
        queue.whenNoneWaits(() -> offer("c"));
        transport.completeAll();
        assertEquals(List.of("a", "b", "c"), transport.sent());
    }

    @Test
    void aTaskIsForgottenWhenTheQueueCloses() {
        offer("a");
        offer("b");
        queue.whenNoneWaits(() -> ran.add("never"));
        queue.close(CloseCode.KICKED, "");
        transport.completeAll();
        queue.whenNoneWaits(() -> ran.add("never"));
        assertEquals(List.of(), ran);
        assertEquals(List.of("a"), transport.sent());
    }

    @Test
    void closeWhenFlushedSendsEverythingFirst() {
        offer("a");
        offer("b");
        queue.closeWhenFlushed(CloseCode.DRAINING, "");
        assertFalse(queue.offer(EncodedFrame.of(FrameKind.REPLY, "c")), "nothing more is taken");
        assertNull(transport.closeCode());
        transport.complete();
        assertNull(transport.closeCode(), "b is still in flight");
        transport.complete();
        assertEquals(CloseCode.DRAINING, transport.closeCode());
        assertEquals(List.of("a", "b"), transport.sent());
    }

    @Test
    void closeWhenFlushedClosesAnIdleQueueAtOnce() {
        queue.closeWhenFlushed(CloseCode.DRAINING, "");
        assertEquals(CloseCode.DRAINING, transport.closeCode());
    }

    @Test
    void closeWhenFlushedWorksWithSynchronousCompletions() {
        offer("a");
        offer("b");
        queue.closeWhenFlushed(CloseCode.DRAINING, "");
        transport.completeImmediately();
        assertEquals(CloseCode.DRAINING, transport.closeCode());
        assertEquals(List.of("a", "b"), transport.sent());
    }

    @Test
    void theFirstCloseDecides() {
        queue.close(CloseCode.KICKED, "");
        queue.close(CloseCode.DRAINING, "");
        queue.closeWhenFlushed(CloseCode.DRAINING, "");
        assertEquals(CloseCode.KICKED, transport.closeCode());
        assertEquals(1, transport.closes());
    }

    @Test
    void aCloseAtOnceOverrulesOneThatWaits() {
        offer("a");
        queue.closeWhenFlushed(CloseCode.DRAINING, "");
        queue.close(CloseCode.KICKED, "");
        transport.complete();
        assertEquals(CloseCode.KICKED, transport.closeCode());
        assertEquals(1, transport.closes());
    }

    @Test
    void releaseForgetsWithoutClosing() {
        offer("a");
        offer("b");
        assertTrue(queue.markClosed());
        assertFalse(queue.markClosed());
        queue.close(CloseCode.KICKED, "");
        transport.complete();
        assertEquals(0, transport.closes(), "the connection was closed already");
        assertEquals(List.of("a"), transport.sent());
        assertEquals(0, queue.waitingBytes());
    }

    private void offer(String text) {
        queue.offer(EncodedFrame.of(FrameKind.MESSAGE, text));
    }
}
