package io.roomcast.service.session;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A token bucket whose size follows a limit that may change. Any thread. */
public final class TokenBucket {
    /** Whoever was silent for so long may say all of it at once. */
    private static final int BURST_SECONDS = 5;

    private Bucket bucket;
    private int filledPerSecond;

    /** @return 0 for what may go on, else the milliseconds until it may */
    public synchronized long take(int perSecond) {
        if (perSecond == 0) {
            return 0;
        }
        if (perSecond != filledPerSecond) {
            filledPerSecond = perSecond;
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
