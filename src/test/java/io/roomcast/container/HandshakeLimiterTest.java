package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.service.operations.Refusals;
import io.roomcast.service.operations.RefusalsTest;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandshakeLimiterTest {
    private static final int AT_ONCE = 2;

    private final NodeMetrics metrics = new NodeMetrics();
    private final Refusals refusals = RefusalsTest.refusals(Map.of(), metrics);
    private final ExecutorService server = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        server.shutdownNow();
    }

    @Test
    void aCrowdIsWorkedOnAFewAtATime() throws Exception {
        HandshakeLimiter limiter = new HandshakeLimiter(refusals, AT_ONCE, Duration.ofSeconds(30));
        AtomicInteger busy = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch both = new CountDownLatch(AT_ONCE);
        List<Future<Boolean>> crowd = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            crowd.add(server.submit(() -> limiter.tryRun(null, () -> {
                most.accumulateAndGet(busy.incrementAndGet(), Math::max);
                both.countDown();
                await(both);
                busy.decrementAndGet();
            })));
        }
        for (Future<Boolean> one : crowd) {
            assertTrue(one.get(30, TimeUnit.SECONDS));
        }
        assertEquals(AT_ONCE, most.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "as many as may are let in");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoseTurnDoesNotComeIsRefused() throws Exception {
        HandshakeLimiter limiter = new HandshakeLimiter(refusals, 1, Duration.ofMillis(10));
        limiter.tryRun(null, () -> assertFalse(limiter.tryRun(null, () -> fail("two at a time"))));
        assertEquals(1, metrics.refusals().get("busy"));
        assertTrue(limiter.tryRun(null, () -> {}), "the turn was given back");
    }

    @Test
    void aHandshakeThatFailsGivesItsTurnBack() throws ServletException, IOException {
        HandshakeLimiter limiter = new HandshakeLimiter(refusals, 1, Duration.ofMillis(10));
        assertThrows(
                IOException.class,
                () -> limiter.tryRun(null, () -> {
                    throw new IOException("the client is gone");
                }));
        assertTrue(limiter.tryRun(null, () -> {}));
    }
}
