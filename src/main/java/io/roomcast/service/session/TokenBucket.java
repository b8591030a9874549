package io.roomcast.service.session;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A token bucket whose size follows a limit that may change. Whoever gets no token is told when to come back: each at
 * the time of a token of his own. So those who are refused together do not come back together. Any thread.
 */
public final class TokenBucket {
    /** Size of the bucket: the tokens of this many seconds. */
    private static final int BURST_SECONDS = 5;

    /** The longest wait. Whoever ignores his time takes further times, and others must not wait for all of them. */
    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private Bucket bucket;
    /**
     * The tokens that were promised to those who were refused: a bucket in debt, which time pays back. Null until
     * somebody is refused.
     */
    private Bucket promised;

    private int currentRate;

    /**
     * Takes a token. A rate that differs from the last one fills the bucket.
     *
     * @param perSecond tokens a second; 0 for no limit
     * @return 0 if a token was taken, else milliseconds until there is a token that was promised to nobody else; at
     *     most ten seconds, and a random time above five if more were refused
     */
    public long take(int perSecond) {
        return take(perSecond, 1).waitMillis();
    }

    /**
     * Some tokens.
     *
     * @param count how many were taken
     * @param waitMillis 0 if all were taken, else the wait for the next one
     */
    public record Taken(int count, long waitMillis) {}

    /**
     * Takes as many tokens as there are, and {@code most} at most.
     *
     * @param perSecond as for {@link #take(int)}, which also describes the wait
     */
    public synchronized Taken take(int perSecond, int most) {
        if (perSecond == 0) {
            return new Taken(most, 0);
        }
        if (perSecond != currentRate) {
            currentRate = perSecond;
            bucket = Bucket.builder()
                    .addLimit(limit -> limit.capacity((long) perSecond * BURST_SECONDS)
                            .refillGreedy(perSecond, Duration.ofSeconds(1)))
                    .withNanosecondPrecision()
                    .build();
            promised = null;
        }
        int taken = (int) bucket.tryConsumeAsMuchAsPossible(most);
        if (taken == most) {
            return new Taken(taken, 0);
        }
        long next = bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
        return new Taken(taken, 1 + TimeUnit.NANOSECONDS.toMillis(waitNanos(next)));
    }

    /** Whether the bucket is as it would be if nobody had taken a token yet. */
    public synchronized boolean isFull() {
        return bucket == null || bucket.getAvailableTokens() >= (long) currentRate * BURST_SECONDS;
    }

    private long waitNanos(long nextToken) {
        if (promised == null) {
            promised = Bucket.builder()
                    .addLimit(limit -> limit.capacity(1).refillGreedy(currentRate, Duration.ofSeconds(1)))
                    .withNanosecondPrecision()
                    .build();
        }
        long wait = Math.max(nextToken, promised.consumeIgnoringRateLimits(1));
        if (wait > MAX_WAIT_NANOS) {
            promised.addTokens(1);
            return ThreadLocalRandom.current().nextLong(MAX_WAIT_NANOS / 2, MAX_WAIT_NANOS);
        }
        return wait;
    }
}
