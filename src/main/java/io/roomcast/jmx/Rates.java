package io.roomcast.jmx;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** Rates per second, averages of the last ten seconds. {@link #sample} must be called once a second. Any thread. */
final class Rates {
    /** Number of samples that are kept, one for each second. */
    private static final int MAX_SAMPLES = 10;

    /** The counts since the start of the node, and the time in nanoseconds when they were read. */
    record Sample(long nanos, long frames, long stored, long delivered) {}

    private final Deque<Sample> samples = new ArrayDeque<>(MAX_SAMPLES + 1);
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;

    /** @param nanoClock as {@link System#nanoTime} */
    Rates(NodeMetrics metrics, LongSupplier nanoClock) {
        this.metrics = metrics;
        this.nanoClock = nanoClock;
    }

    synchronized void sample() {
        if (samples.size() == MAX_SAMPLES) {
            samples.remove();
        }
        samples.add(currentSample());
    }

    /** The growth of a count per second since the oldest sample; 0 before the first sample. */
    synchronized double perSecond(ToLongFunction<Sample> count) {
        Sample oldest = samples.peek();
        Sample current = currentSample();
        return oldest == null || current.nanos() == oldest.nanos()
                ? 0
                : (count.applyAsLong(current) - count.applyAsLong(oldest)) * 1e9 / (current.nanos() - oldest.nanos());
    }

    private Sample currentSample() {
        return new Sample(
                nanoClock.getAsLong(),
                metrics.get(Counter.FRAMES_RECEIVED),
                metrics.get(Counter.MESSAGES_STORED),
                metrics.get(Counter.MESSAGES_DELIVERED));
    }
}
