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
    private static final double MILLIS = 1e6;

    private final Histogram durations;
    private final double share;
    private long[] previousCounts = new long[0];

    private DurationMeters(Histogram durations, double share) {
        this.durations = durations;
        this.share = share;
    }

    static void bind(String name, Histogram durations, MeterRegistry registry) {
        FunctionTimer.builder(
                        name,
                        durations,
                        histogram -> Arrays.stream(histogram.counts()).sum(),
                        Histogram::sumNanos,
                        TimeUnit.NANOSECONDS)
                .register(registry);
        percentile(name + ".p50", durations, 0.5, registry);
        percentile(name + ".p99", durations, 0.99, registry);
    }

    private static void percentile(String name, Histogram durations, double share, MeterRegistry registry) {
        Gauge.builder(name, new DurationMeters(durations, share), DurationMeters::millis)
                .strongReference(true)
                .register(registry);
    }

    /** Returns the percentile of the durations since the last read, in milliseconds; NaN if there were none. */
    double millis() {
        long[] counts = durations.counts();
        long[] since = counts.clone();
        for (int i = 0; i < previousCounts.length; i++) {
            since[i] -= previousCounts[i];
        }
        previousCounts = counts;
        long[] bounds = Histogram.bounds();
        long left = (long) Math.ceil(Arrays.stream(since).sum() * share);
        if (left == 0) {
            return Double.NaN;
        }
        for (int i = 0; i < bounds.length; i++) {
            left -= since[i];
            if (left <= 0) {
                return bounds[i] / MILLIS;
            }
        }
        return bounds[bounds.length - 1] / MILLIS;
    }
}
