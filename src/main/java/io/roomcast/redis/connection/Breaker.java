package io.roomcast.redis.connection;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Spares callers the wait for a Redis that does not answer, and Redis the calls. It opens after two failed batches of the last four; a
 * batch that timed out has cost its callers the whole wait, and counts as two. While it is open every call is refused at once; twice a
 * second one is let through to try.
 */
public final class Breaker {
    private static final Duration OPEN_TIME = Duration.ofMillis(500);

    private final CircuitBreaker breaker;
    private final long timeoutNanos;

    public Breaker(String name, Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
        this.breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(4)
                        .minimumNumberOfCalls(2)
                        .failureRateThreshold(50)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .maxWaitDurationInHalfOpenState(Duration.ofSeconds(10))
                        .waitDurationInOpenState(OPEN_TIME)
                        .writableStackTraceEnabled(false)
                        .build());
    }

    /** Whether to call. One that is not made after all has to be given back by {@link #release}. */
    public boolean permit() {
        return breaker.tryAcquirePermission();
    }

    public void release() {
        breaker.releasePermission();
    }

    public void answered(long nanos) {
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }

    public void failed(long nanos, Exception failure) {
        breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
        if (nanos >= timeoutNanos) {
            breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
        }
    }

    public boolean isClosed() {
        return breaker.getState() == CircuitBreaker.State.CLOSED;
    }
}
