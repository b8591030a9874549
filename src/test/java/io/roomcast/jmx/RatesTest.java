package io.roomcast.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RatesTest {
    private final NodeMetrics metrics = new NodeMetrics();
    private long now = 5;
    private final Rates rates = new Rates(metrics, () -> now);

    @Test
    void nothingIsKnownAtFirst() {
        metrics.increment(Counter.FRAMES_RECEIVED);
        assertEquals(0, rates.perSecond(Rates.Sample::frames));
        rates.sample();
        assertEquals(0, rates.perSecond(Rates.Sample::frames), "no time has passed");
    }

    @Test
    void countsFromTheFirstSample() {
        rates.sample();
        metrics.increment(Counter.MESSAGES_STORED);
        metrics.increment(Counter.MESSAGES_STORED);
        pass(1);
        assertEquals(2, rates.perSecond(Rates.Sample::stored), 1e-9);
        pass(1);
        assertEquals(1, rates.perSecond(Rates.Sample::stored), 1e-9);
    }

    @Test
    void forgetsWhatIsTenSecondsAgo() {
        rates.sample();
        metrics.recordFanOut(1_000, 1, 1, 0, 1);
        for (int second = 0; second < 9; second++) {
            pass(1);
            rates.sample();
        }
        assertEquals(1_000 / 9.0, rates.perSecond(Rates.Sample::delivered), 1e-9);
        pass(1);
        rates.sample();
        assertEquals(0, rates.perSecond(Rates.Sample::delivered), 1e-9);
    }

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }
}
