package io.roomcast.redis.connection;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The circuit breaker of a Redis server: spares callers the wait for a server that does not answer, and the server the
 * calls. It opens after two failed batches of the last four. A batch that timed out counts as two, since its callers
 * have waited the full time. While the breaker is open it refuses every call at once; twice a second it permits one
 * call as a try. Any thread.
 *
 * <p>It never waits for a try with a timer: the timer of Resilience4j is a static thread, which would outlive the
 * application in an application server. A try always ends, since a pipeline fails an overdue batch.
 */
public final class Breaker {
    private static final Duration OPEN_TIME = Duration.ofMillis(500);

    private final CircuitBreaker breaker;
    private final long timeoutNanos;

    /** @param nanoClock as {@link System#nanoTime}: a clock that nobody can set back */
    public Breaker(String name, Duration timeout, LongSupplier nanoClock) {
        this.timeoutNanos = timeout.toNanos();
        this.breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(4)
                        .minimumNumberOfCalls(2)
                        .failureRateThreshold(50)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .maxWaitDurationInHalfOpenState(Duration.ZERO)
                        .waitDurationInOpenState(OPEN_TIME)
                        .clock(clock(nanoClock))
                        .currentTimestampFunction(clock -> nanoClock.getAsLong(), TimeUnit.NANOSECONDS)
                        .writableStackTraceEnabled(false)
                        .build());
    }

    private static Clock clock(LongSupplier nanoClock) {
        InstantSource source = () -> Instant.EPOCH.plusNanos(nanoClock.getAsLong());
        return source.withZone(ZoneOffset.UTC);
    }

    /** Whether the call is permitted. A call that is not made must be given back by {@link #release}. */
    public boolean permit() {
        return breaker.tryAcquirePermission();
    }

    public void release() {
        breaker.releasePermission();
    }

    /** A batch was answered after so many nanoseconds. */
    public void answered(long nanos) {
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }

    /** A batch failed after so many nanoseconds. */
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
