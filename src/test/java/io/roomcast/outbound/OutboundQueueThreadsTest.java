package io.roomcast.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.CloseCode;
import io.roomcast.support.Queues;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Many rooms offer to one session at the same time, and completions come on any thread. */
class OutboundQueueThreadsTest {
    private static final int PRODUCERS = 4;
    private static final int FRAMES = 20_000;

    @Test
    void oneSendIsInFlightAndEachProducersFramesArriveInOrder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(PRODUCERS + 1);
        try {
            CountDownLatch all = new CountDownLatch(PRODUCERS * FRAMES);
            BusyTransport transport = new BusyTransport(threads, all);
            OutboundQueue queue = Queues.of(transport, new OutboundLimits(0, 0), true, System::nanoTime);
            List<Future<?>> producers = new ArrayList<>();
            for (int producer = 0; producer < PRODUCERS; producer++) {
                int number = producer;
                producers.add(threads.submit(() -> offerAll(queue, number)));
            }
            for (Future<?> producer : producers) {
                producer.get(30, TimeUnit.SECONDS);
            }
            assertTrue(all.await(30, TimeUnit.SECONDS), () -> all.getCount() + " frames never sent");
            assertFalse(transport.overlapped.get(), "two sends in flight");
            assertNull(transport.closed);
            assertOrder(transport.frames);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void offerAll(OutboundQueue queue, int producer) {
        for (int i = 0; i < FRAMES; i++) {
            assertTrue(queue.offer(EncodedFrame.of(FrameKind.MESSAGE, producer + ":" + i)));
        }
    }

    private static void assertOrder(List<String> frames) {
        int[] next = new int[PRODUCERS];
        for (String frame : frames) {
            String[] parts = frame.split(":", -1);
            int producer = Integer.parseInt(parts[0]);
            assertEquals(next[producer]++, Integer.parseInt(parts[1]), "of producer " + producer);
        }
    }

    /** Completes every third send at once, the others on another thread. */
    private static final class BusyTransport implements Transport {
        private final ExecutorService completions;
        private final CountDownLatch all;
        private final AtomicBoolean inFlight = new AtomicBoolean();
        final AtomicBoolean overlapped = new AtomicBoolean();
        final List<String> frames = Collections.synchronizedList(new ArrayList<>());
        volatile CloseCode closed;
        private int sends;

        BusyTransport(ExecutorService completions, CountDownLatch all) {
            this.completions = completions;
            this.all = all;
        }

        @Override
        public void send(EncodedFrame joined, Completion completion) {
            if (!inFlight.compareAndSet(false, true)) {
                overlapped.set(true);
            }
            joined.text().lines().forEach(frame -> {
                frames.add(frame);
                all.countDown();
            });
            if (sends++ % 3 == 0) {
                complete(completion);
            } else {
                completions.execute(() -> complete(completion));
            }
        }

        private void complete(Completion completion) {
            inFlight.set(false);
            completion.sent(null);
        }

        @Override
        public void ping() {}

        @Override
        public void close(CloseCode code, String reason) {
            closed = code;
        }
    }
}
