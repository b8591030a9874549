package io.roomcast.http.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.roomcast.metrics.Histogram;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** A histogram for Prometheus, with the counts at the time of the scrape. */
final class HistogramCollector implements Collector {
    private static final double NANOS_PER_SECOND = 1e9;

    private final String name;
    private final String help;
    /** Whether the counts may fall. */
    private final boolean isGauge;
    /** Upper bounds of the buckets, in the unit of the metric; the last bound is infinite. */
    private final double[] bounds;

    private final Supplier<long[]> counts;
    private final DoubleSupplier sum;

    private HistogramCollector(
            String name, String help, boolean isGauge, double[] bounds, Supplier<long[]> counts, DoubleSupplier sum) {
        this.name = name;
        this.help = help;
        this.isGauge = isGauge;
        this.bounds = bounds;
        this.counts = counts;
        this.sum = sum;
    }

    /** Creates a histogram of durations that were counted since the node started. */
    static HistogramCollector of(String name, String help, Histogram durations) {
        return new HistogramCollector(
                name,
                help,
                false,
                upperBounds(Histogram.bounds(), NANOS_PER_SECOND),
                durations::counts,
                () -> durations.sumNanos() / NANOS_PER_SECOND);
    }

    /**
     * Creates a histogram of a distribution at the time of the scrape. The counts may fall between two scrapes.
     *
     * @param perUnit how many units of {@code bounds} are one unit of the metric
     */
    static HistogramCollector gaugeHistogram(
            String name, String help, long[] bounds, double perUnit, Supplier<long[]> counts, DoubleSupplier sum) {
        return new HistogramCollector(name, help, true, upperBounds(bounds, perUnit), counts, sum);
    }

    private static double[] upperBounds(long[] bounds, double perUnit) {
        double[] upper = new double[bounds.length + 1];
        for (int i = 0; i < bounds.length; i++) {
            upper[i] = bounds[i] / perUnit;
        }
        upper[bounds.length] = Double.POSITIVE_INFINITY;
        return upper;
    }

    @Override
    public MetricSnapshot collect() {
        long[] current = counts.get();
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < bounds.length; i++) {
            buckets.bucket(bounds[i], current[i]);
        }
        return HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .gaugeHistogram(isGauge)
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build())
                        .sum(sum.getAsDouble())
                        .build())
                .build();
    }
}
