package io.roomcast.redis.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The breaker opens, tries and closes by the clock that it is given, and starts no thread. */
class BreakerTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private long nanos = Long.MAX_VALUE / 4;
    private final Breaker breaker = new Breaker("test", TIMEOUT, () -> nanos);

    @Test
    void opensAfterTwoFailedBatches() {
        breaker.failed(1, new IllegalStateException());
        assertTrue(breaker.tryAcquire());
        breaker.failed(1, new IllegalStateException());

        assertFalse(breaker.tryAcquire());
        assertFalse(breaker.isClosed());
    }

    @Test
    void opensAfterOneBatchThatTimedOut() {
        breaker.failed(TIMEOUT.toNanos(), new IllegalStateException());

        assertFalse(breaker.tryAcquire());
    }

    @Test
    void permitsOneTryAfterHalfASecond() {
        open();
        pass(499);
        assertFalse(breaker.tryAcquire());
        pass(2);
        assertTrue(breaker.tryAcquire());
        assertFalse(breaker.tryAcquire(), "the first try has not ended");

        breaker.failed(1, new IllegalStateException());
        assertFalse(breaker.tryAcquire());
        pass(501);
        assertTrue(breaker.tryAcquire());
        breaker.answered(1);
        assertTrue(breaker.isClosed());
    }

    @Test
    void givesATryBack() {
        open();
        pass(501);
        assertTrue(breaker.tryAcquire());
        breaker.release();
        assertTrue(breaker.tryAcquire());
    }

    @Test
    void startsNoThread() {
        open();
        pass(501);
        assertTrue(breaker.tryAcquire());

        assertEquals(
                List.of(),
                Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.contains("CircuitBreaker"))
                        .toList());
    }

    private void open() {
        breaker.failed(TIMEOUT.toNanos(), new IllegalStateException());
    }

    private void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
