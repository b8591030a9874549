package io.roomcast.service.session;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A token bucket whose size follows a limit that may change. Any thread. */
public final class TokenBucket {
    /** Size of the bucket: the tokens of this many seconds. */
    private static final int BURST_SECONDS = 5;

    private Bucket bucket;
    private int currentRate;

    /**
     * Takes a token. A rate that differs from the last one fills the bucket.
     *
     * @param perSecond tokens a second; 0 for no limit
     * @return 0 if a token was taken, else milliseconds until the next token
     */
    public synchronized long take(int perSecond) {
        if (perSecond == 0) {
            return 0;
        }
        if (perSecond != currentRate) {
            currentRate = perSecond;
            bucket = Bucket.builder()
                    .addLimit(limit -> limit.capacity((long) perSecond * BURST_SECONDS)
                            .refillGreedy(perSecond, Duration.ofSeconds(1)))
                    .withNanosecondPrecision()
                    .build();
        }
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        return probe.isConsumed() ? 0 : 1 + TimeUnit.NANOSECONDS.toMillis(probe.getNanosToWaitForRefill());
    }
}
