package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.roomcast.metrics.NodeMetrics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestLimiterTest {
    private static final int THREADS = 8;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final NodeMetrics metrics = new NodeMetrics();
    private final ExecutorService server = Executors.newCachedThreadPool();
    private final CountDownLatch read = new CountDownLatch(1);
    private final List<Future<Boolean>> unread = new ArrayList<>();

    @AfterEach
    void end() {
        server.shutdownNow();
    }

    @Test
    void halfOfTheThreadsWaitForReadersAndTheNextHasNoTurn() throws Exception {
        RequestLimiter limiter = new RequestLimiter(metrics, 100, Duration.ZERO);
        hold(limiter, THREADS / 2);
        assertFalse(limiter.tryRun(THREADS, () -> fail("nobody has read")));
        assertEquals(1, metrics.limits().get("roomcast.http.requests"));
        read.countDown();
        for (Future<Boolean> one : unread) {
            assertTrue(one.get(30, TimeUnit.SECONDS));
        }
        assertTrue(limiter.tryRun(THREADS, () -> {}));
    }

    @Test
    void lessWhereTheLimitSaysSo() throws Exception {
        RequestLimiter limiter = new RequestLimiter(metrics, 1, Duration.ZERO);
        hold(limiter, 1);
        assertFalse(limiter.tryRun(THREADS, () -> fail("one at a time")));
    }

    @Test
    void aTurnThatFreesInTimeIsTaken() throws Exception {
        RequestLimiter limiter = new RequestLimiter(metrics, 1, LONG);
        hold(limiter, 1);
        Future<Boolean> next = server.submit(() -> limiter.tryRun(THREADS, () -> {}));
        read.countDown();
        assertTrue(next.get(30, TimeUnit.SECONDS));
    }

    @Test
    void whatFailsGivesItsTurnBack() throws Exception {
        RequestLimiter limiter = new RequestLimiter(metrics, 1, Duration.ZERO);
        assertThrows(
                IOException.class,
                () -> limiter.tryRun(THREADS, () -> {
                    throw new IOException("gone");
                }));
        assertTrue(limiter.tryRun(THREADS, () -> {}));
    }

    @Test
    void zeroIsNoLimitAndSomeServersNeedNone() throws Exception {
        RequestLimiter lifted = new RequestLimiter(metrics, 0, Duration.ZERO);
        hold(lifted, THREADS);
        assertTrue(lifted.tryRun(THREADS, () -> {}));
        RequestLimiter limiter = new RequestLimiter(metrics, 1, Duration.ZERO);
        hold(limiter, 1);
        assertTrue(limiter.tryRun(0, () -> {}));
    }

    /** As many answers that nobody reads. */
    private void hold(RequestLimiter limiter, int count) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            unread.add(server.submit(() -> limiter.tryRun(THREADS, () -> {
                begun.countDown();
                try {
                    assertTrue(read.await(30, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            })));
        }
        assertTrue(begun.await(30, TimeUnit.SECONDS));
    }
}
