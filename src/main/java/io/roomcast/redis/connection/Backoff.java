package io.roomcast.redis.connection;

import java.util.concurrent.ThreadLocalRandom;

/** Growing pauses between tries, each with a random half, so that many nodes do not come back at once. Not thread-safe. */
final class Backoff {
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 2_000;

    private long millis = FIRST_MILLIS;

    long next() {
        long pause = millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
        millis = Math.min(millis * 2, LONGEST_MILLIS);
        return pause;
    }

    void reset() {
        millis = FIRST_MILLIS;
    }
}
