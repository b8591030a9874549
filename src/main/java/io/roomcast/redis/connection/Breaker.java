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
 * The circuit breaker of a Redis server. It lets calls fail at once while the server does not answer, so that callers
 * do not wait and the server gets no load. The breaker opens after two failed batches of the last four. A batch that
 * timed out counts as two failed batches, since its callers have waited the full time. While the breaker is open, it
 * refuses every call. Twice a second it permits one trial call. Any thread may call.
 *
 * <p>This class does not use the timer of Resilience4j, which limits the time of a trial call. That timer is a static
 * thread, which would outlive the application in an application server. A trial call ends without the timer, since a
 * pipeline fails an overdue batch.
 */
public final class Breaker {
    private static final Duration OPEN_TIME = Duration.ofMillis(500);

    private final CircuitBreaker breaker;
    private final long timeoutNanos;

    /**
     * @param timeout a batch that fails after this time or later counts as timed out
     * @param nanoClock as {@link System#nanoTime}, which nobody can set back
     */
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

    /**
     * Asks for the permission for a call. If the call is not made after all, {@link #release} must be called.
     *
     * @return whether the call is permitted
     */
    public boolean tryAcquire() {
        return breaker.tryAcquirePermission();
    }

    /** Gives back the permission for a call that was not made. */
    public void release() {
        breaker.releasePermission();
    }

    /** Reports that a batch was answered after so many nanoseconds. */
    public void answered(long nanos) {
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }

    /** Reports that a batch failed after so many nanoseconds. */
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
