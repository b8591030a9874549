package io.roomcast.http.metrics;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.roomcast.metrics.Histogram;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Registers durations with a registry that has no buckets. The registry gets the count, the mean, and percentiles of
 * the time since the last read. A percentile is given as the upper bound of its histogram bucket. Only one thread may
 * read.
 */
final class DurationMeters {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Histogram durations;
    /** Such as 0.99 for the 99th percentile. */
    private final double quantile;
    /** The counts at the last read. */
    private long[] previousCounts = new long[0];

    private DurationMeters(Histogram durations, double quantile) {
        this.durations = durations;
        this.quantile = quantile;
    }

    static void bind(String name, Histogram durations, MeterRegistry registry) {
        FunctionTimer.builder(
                        name,
                        durations,
                        histogram -> Arrays.stream(histogram.counts()).sum(),
                        Histogram::sumNanos,
                        TimeUnit.NANOSECONDS)
                .register(registry);
        registerPercentile(name + ".p50", durations, 0.5, registry);
        registerPercentile(name + ".p99", durations, 0.99, registry);
    }

    private static void registerPercentile(String name, Histogram durations, double quantile, MeterRegistry registry) {
        Gauge.builder(name, new DurationMeters(durations, quantile), DurationMeters::percentileMillis)
                .strongReference(true)
                .register(registry);
    }

    /** Returns the percentile of the durations since the last read, in milliseconds; NaN if there were none. */
    double percentileMillis() {
        long[] counts = durations.counts();
        long[] newCounts = counts.clone();
        for (int i = 0; i < previousCounts.length; i++) {
            newCounts[i] -= previousCounts[i];
        }
        previousCounts = counts;
        long[] bounds = Histogram.bounds();
        long remaining = (long) Math.ceil(Arrays.stream(newCounts).sum() * quantile);
        if (remaining == 0) {
            return Double.NaN;
        }
        for (int i = 0; i < bounds.length; i++) {
            remaining -= newCounts[i];
            if (remaining <= 0) {
                return bounds[i] / NANOS_PER_MILLI;
            }
        }
        return bounds[bounds.length - 1] / NANOS_PER_MILLI;
    }
}
