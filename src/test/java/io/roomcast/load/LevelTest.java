package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Why a search went no further. */
class LevelTest {
    private static final long OBJECTIVE = 100_000_000;

    private final Tally tally = new Tally();
    private final Histogram latency = new Histogram(3);

    private String problem(Level level, int joined, long missing) {
        return level.problem(tally, new Level.Seen(300, joined, missing, latency), OBJECTIVE);
    }

    @Test
    void whatHappenedBeforeIsNotItsFault() {
        tally.failed.increment();
        tally.broken.increment();
        tally.repeated.increment();
        tally.refused("busy");
        tally.ended("1013");
        latency.recordValue(OBJECTIVE / 2);
        Level level = Level.begin(tally);
        assertNull(problem(level, 300, 0));
        tally.failed.increment();
        tally.ended("refused: HTTP/1.1 503");
        assertEquals("1 did not get into their rooms {refused: HTTP/1.1 503=1}", problem(level, 299, 0));
    }

    @Test
    void eachReasonIsNamed() {
        Level level = Level.begin(tally);
        assertEquals("nothing was delivered", problem(level, 300, 0));
        latency.recordValue(OBJECTIVE + 1_000_000);
        assertEquals("p99 was 101.057 ms, over the objective of 100 ms", problem(level, 300, 0));
        tally.refused("rate_limited");
        assertEquals("requests were refused {rate_limited=1}", problem(level, 300, 0));
        assertEquals("7 deliveries of acknowledged messages did not come", problem(level, 300, 7));
        tally.late.increment();
        assertEquals("deliveries were wrong {out of order=1}", problem(level, 300, 7));
        assertEquals("only 299 were in their rooms", problem(level, 299, 7));
        tally.broken.increment();
        tally.ended("4000 slow");
        assertEquals("1 lost their connection {4000 slow=1}", problem(level, 299, 7));
    }
}
