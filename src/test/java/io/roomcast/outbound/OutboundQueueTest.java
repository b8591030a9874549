package io.roomcast.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.CloseCode;
import io.roomcast.support.ManualTransport;
import io.roomcast.support.Queues;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is sent, when, and joined with what. */
class OutboundQueueTest {
    private static final OutboundLimits NO_LIMITS = new OutboundLimits(0, 0);

    private final ManualTransport transport = new ManualTransport();
    private final OutboundQueue queue = Queues.of(transport, NO_LIMITS, true, () -> 0);

    @Test
    void anIdleQueueSendsAtOnce() {
        assertTrue(queue.offer(message("a")));
        assertEquals(List.of("a"), transport.sent());
        assertEquals(0, queue.waitingBytes(), "what is in flight does not wait");
    }

    @Test
    void whatGathersDuringASendGoesAsOneWebSocketFrame() {
        "abcd".chars().forEach(c -> queue.offer(message(Character.toString(c))));
        assertEquals(List.of("a"), transport.sent());
        assertEquals(3, queue.waitingBytes());

        transport.complete();
        assertEquals(List.of("a", "b\nc\nd"), transport.sent());
        assertEquals(0, queue.waitingBytes());

        transport.complete();
        queue.offer(message("e"));
        assertEquals(List.of("a", "b\nc\nd", "e"), transport.sent());
    }

    @Test
    void aPlainClientGetsOneFrameInEachWebSocketFrame() {
        OutboundQueue plain = Queues.of(transport, NO_LIMITS, false, () -> 0);
        "abc".chars().forEach(c -> plain.offer(message(Character.toString(c))));
        transport.completeAll();
        assertEquals(List.of("a", "b", "c"), transport.sent());
    }

    @Test
    void joiningStopsAt64KiB() {
        String big = "x".repeat(40 * 1024);
        queue.offer(message("first"));
        queue.offer(message(big));
        queue.offer(message(big));
        queue.offer(message("last"));
        transport.completeAll();
        assertEquals(List.of("first", big, big + "\nlast"), transport.sent());
    }

    @Test
    void oneFrameMayBeLargerThanWhatIsJoined() {
        String huge = "x".repeat(200 * 1024);
        queue.offer(message("first"));
        queue.offer(message(huge));
        transport.completeAll();
        assertEquals(List.of("first", huge), transport.sent());
    }

    @Test
    void synchronousCompletionsDoNotRecur() {
        // What waits must be sent frame by frame: the deepest that a queue without a loop could nest.
        OutboundQueue plain = Queues.of(transport, NO_LIMITS, false, () -> 0);
        List<String> all =
                IntStream.range(0, 100_000).mapToObj(Integer::toString).toList();
        plain.offer(message("first"));
        all.forEach(text -> plain.offer(message(text)));
        transport.completeImmediately();
        assertEquals(all, transport.sent().subList(1, transport.sent().size()));
        assertFalse(transport.isInFlight());
        assertEquals(0, plain.waitingBytes());
    }

    @Test
    void offersFromWithinACompletionStayInOrder() {
        ManualTransport immediate = ManualTransport.immediate();
        OutboundQueue quick = Queues.of(immediate, NO_LIMITS, true, () -> 0);
        for (int i = 0; i < 1_000; i++) {
            quick.offer(message("" + i));
        }
        assertEquals(IntStream.range(0, 1_000).mapToObj(Integer::toString).toList(), immediate.sent());
    }

    @Test
    void aFailedSendClosesOnce() {
        queue.offer(message("a"));
        queue.offer(message("b"));
        transport.fail();
        assertEquals(CloseCode.GOING_AWAY, transport.closeCode());
        assertFalse(queue.offer(message("c")), "a closed queue takes nothing");
        assertEquals(List.of("a"), transport.sent());
        assertEquals(1, transport.closes());
        assertEquals(0, queue.waitingBytes());
    }

    @Test
    void aSendThatFailsBeforeItReturnsCloses() {
        Transport failing = new FailingTransport(transport);
        OutboundQueue broken = Queues.of(failing, NO_LIMITS, true, () -> 0);
        broken.offer(message("a"));
        assertEquals(CloseCode.GOING_AWAY, transport.closeCode());
        assertFalse(broken.offer(message("b")));
    }

    @Test
    void pingsGoPastWhatWaits() {
        queue.offer(message("a"));
        queue.ping();
        assertEquals(1, transport.pings());
    }

    private static EncodedFrame message(String text) {
        return EncodedFrame.of(FrameKind.MESSAGE, text);
    }

    private record FailingTransport(ManualTransport closing) implements Transport {
        @Override
        public void send(EncodedFrame frame, Completion completion) {
            completion.sent(new IOException("broken"));
        }

        @Override
        public void ping() {}

        @Override
        public void close(CloseCode code, String reason) {
            closing.close(code, reason);
        }
    }
}
