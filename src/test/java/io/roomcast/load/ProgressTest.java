package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Tally tally = new Tally();
    private final Progress progress = new Progress(
            tally,
            new ServerView(List.of(), List.of(), Trust.context(false)),
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));

    /** So that one may be taken from the other. */
    @Test
    void latencyAndLatenessAreThoseOfTheMeasuredPhases() throws InterruptedException {
        progress.phase("connect", 1, false);
        tally.latency(90 * MILLI);
        tally.lateness(80 * MILLI);
        progress.phase("hold", 1, true);
        tally.latency(7 * MILLI);
        tally.lateness(5 * MILLI);
        progress.phase("drain", 1, false);
        tally.latency(60 * MILLI);
        tally.lateness(50 * MILLI);
        progress.end();
        assertEquals(7, Math.round(progress.latency().getMaxValue() / 1e6));
        assertEquals(5, Math.round(progress.lateness().getMaxValue() / 1e6));
        progress.resetFigures();
        assertEquals(0, progress.latency().getTotalCount());
        assertEquals(0, progress.lateness().getTotalCount());
    }
}
