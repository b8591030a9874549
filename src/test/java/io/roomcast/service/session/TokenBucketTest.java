package io.roomcast.service.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When those come back who were refused. */
class TokenBucketTest {
    private final TokenBucket bucket = new TokenBucket();

    @Test
    void thoseWhoAreRefusedTogetherComeBackOneAfterTheOther() {
        long began = System.nanoTime();
        List<Long> waits = refusals(100, 600);
        long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        assertEquals(600, waits.size());
        // A token comes every ten milliseconds, and the last of them waits for as many tokens as were refused.
        long last = waits.get(waits.size() - 1);
        assertTrue(last >= 600 * 10 - 20 - elapsed, last + " after " + elapsed + " ms");
        assertTrue(last <= 600 * 10 + 20, last + " ms");
        assertTrue(waits.get(0) <= 20, waits.get(0) + " ms");
    }

    @Test
    void whoIgnoresTheTimesDoesNotMakeOthersWaitForLong() {
        List<Long> waits = refusals(10, 2_000);
        List<Long> late = waits.subList(1_000, 2_000);
        assertTrue(late.stream().allMatch(wait -> wait >= 5_000 && wait <= 10_001), late::toString);
        assertTrue(new HashSet<>(late).size() > 300, "each at a time of his own");
    }

    @Test
    void someGetTheFirstOfWhatTheyAskFor() {
        assertEquals(new TokenBucket.Taken(4, 0), bucket.take(1, 4));
        TokenBucket.Taken rest = bucket.take(1, 7);
        assertEquals(1, rest.count());
        assertTrue(rest.waitMillis() > 0 && rest.waitMillis() <= 1_001, rest::toString);
        TokenBucket.Taken none = bucket.take(1, 7);
        assertEquals(0, none.count());
        assertTrue(none.waitMillis() > 0, none::toString);
        assertEquals(new TokenBucket.Taken(1_000, 0), bucket.take(0, 1_000), "no limit");
    }

    private List<Long> refusals(int rate, int count) {
        List<Long> waits = new ArrayList<>();
        while (waits.size() < count) {
            long wait = bucket.take(rate);
            if (wait > 0) {
                waits.add(wait);
            }
        }
        return waits;
    }
}
