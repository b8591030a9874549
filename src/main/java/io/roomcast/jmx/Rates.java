package io.roomcast.jmx;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** Rates per second, averages of the last ten seconds. {@link #sample} must be called once a second. Any thread. */
final class Rates {
    private static final int SECONDS = 10;

    /** The counts at one moment. */
    record Sample(long nanos, long frames, long stored, long delivered) {}

    private final Deque<Sample> samples = new ArrayDeque<>(SECONDS + 1);
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;

    /** @param nanoClock as {@link System#nanoTime} */
    Rates(NodeMetrics metrics, LongSupplier nanoClock) {
        this.metrics = metrics;
        this.nanoClock = nanoClock;
    }

    synchronized void sample() {
        if (samples.size() == SECONDS) {
            samples.remove();
        }
        samples.add(now());
    }

    /** @return 0 before the first sample */
    synchronized double perSecond(ToLongFunction<Sample> count) {
        Sample oldest = samples.peek();
        Sample now = now();
        return oldest == null || now.nanos() == oldest.nanos()
                ? 0
                : (count.applyAsLong(now) - count.applyAsLong(oldest)) * 1e9 / (now.nanos() - oldest.nanos());
    }

    private Sample now() {
        return new Sample(
                nanoClock.getAsLong(),
                metrics.get(Counter.FRAMES_RECEIVED),
                metrics.get(Counter.MESSAGES_STORED),
                metrics.get(Counter.MESSAGES_DELIVERED));
    }
}
