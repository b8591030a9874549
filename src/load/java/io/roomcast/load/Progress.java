package io.roomcast.load;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Looks at everything once a second: a line for whoever waits, and a sample for the plots. Used by the thread that runs
 * the test.
 */
final class Progress {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final double MILLIS = 1e6;

    /**
     * One second.
     *
     * @param p50 of latencies, in milliseconds, as the two after it; 0 where nothing came
     * @param refused requests that were refused and connections that ended, by reason, since the beginning
     */
    record Sample(
            double at,
            String phase,
            int joined,
            double published,
            double delivered,
            double p50,
            double p99,
            double max,
            long wrong,
            Map<String, Long> refused,
            long residentBytes) {}

    private final Tally tally;
    private final ServerView server;
    private final PrintStream out;
    private final List<Sample> samples = new ArrayList<>();
    private final Histogram latency = new Histogram(3);
    private final Histogram lateness = new Histogram(3);
    private final long began = System.nanoTime();
    private Fleet fleet;
    private final List<Phase> phases = new ArrayList<>();
    private final NodeWatch nodes;
    private final CpuTrack tester = new CpuTrack();
    private Map<String, Long> lastRefused = Map.of();
    private Phase phase = new Phase("begin", 0);
    private int target;
    private boolean measuring;
    private long lastAt = began;
    private long lastPublished;
    private long lastDelivered;
    private long measuredNanos;
    private long measuredDelivered;
    private long measuredPublished;

    Progress(Tally tally, ServerView server, PrintStream out) {
        this.tally = tally;
        this.server = server;
        this.out = out;
        this.nodes = new NodeWatch(server, began);
    }

    void fleet(Fleet observed) {
        fleet = observed;
    }

    /** @param measured whether the figures of this phase are those of the report */
    void phase(String name, int connections, boolean measured) {
        sample();
        phase = new Phase(name, (lastAt - began) / 1e9);
        phases.add(phase);
        target = connections;
        measuring = measured;
    }

    /** Forgets what was measured. */
    void resetFigures() {
        latency.reset();
        lateness.reset();
        measuredNanos = 0;
        measuredDelivered = 0;
        measuredPublished = 0;
    }

    /**
     * Leaves the machine to the load for so long; then there may be something to tell. It waits for nothing but time: a
     * phase is as long as the options say.
     */
    void wait(int millis) throws InterruptedException {
        Thread.sleep(millis); // The load goes on meanwhile, on its own threads.
        if (System.nanoTime() - lastAt >= SECOND) {
            out.println(line(sample()));
        }
    }

    void waitFor(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0) {
            wait(10);
        }
    }

    private Sample sample() {
        long now = System.nanoTime();
        double seconds = Math.max((now - lastAt) / 1e9, 1e-9);
        Histogram interval = tally.intervalLatency();
        Histogram late = tally.intervalLateness();
        long published = tally.published.sum();
        long delivered = tally.delivered.sum();
        double at = (now - began) / 1e9;
        int joined = fleet == null ? 0 : fleet.joinedNow();
        Map<String, Long> refused = tally.refusalsAndEnds();
        phase.add(at, joined, published - lastPublished, delivered - lastDelivered, interval);
        phase.refused(Tally.since(lastRefused, refused));
        lastRefused = refused;
        nodes.ask();
        ProcessHandle.current().info().totalCpuDuration().ifPresent(used -> tester.add(at, used.toNanos() / 1e9));
        if (measuring) {
            latency.add(interval);
            lateness.add(late);
            measuredNanos += now - lastAt;
            measuredDelivered += delivered - lastDelivered;
            measuredPublished += published - lastPublished;
        }
        boolean none = interval.getTotalCount() == 0;
        Sample sample = new Sample(
                at,
                phase.name(),
                joined,
                (published - lastPublished) / seconds,
                (delivered - lastDelivered) / seconds,
                none ? 0 : interval.getValueAtPercentile(50) / MILLIS,
                none ? 0 : interval.getValueAtPercentile(99) / MILLIS,
                none ? 0 : interval.getMaxValue() / MILLIS,
                tally.wrong(),
                refused,
                server.residentBytes());
        lastAt = now;
        lastPublished = published;
        lastDelivered = delivered;
        if (sample.at()
                        - (samples.isEmpty()
                                ? -1
                                : samples.get(samples.size() - 1).at())
                > 0.2) {
            samples.add(sample);
        }
        return sample;
    }

    private String line(Sample sample) {
        String memory = sample.residentBytes() == 0 ? "" : "  rss " + (sample.residentBytes() >> 20) + " MB";
        return String.format(
                Locale.ROOT,
                "%5.0f s  %-8s %,7d of %,d connected  %,9.0f deliveries/s  p50 %.1f p99 %.1f max %.1f ms  wrong %d  refused %d%s",
                sample.at(),
                phase.name(),
                sample.joined(),
                target,
                sample.delivered(),
                sample.p50(),
                sample.p99(),
                sample.max(),
                sample.wrong(),
                Tally.sum(tally.refusals()) + tally.failed.sum(),
                memory);
    }

    /** In their order. */
    List<Phase> phases() {
        return phases;
    }

    NodeWatch nodes() {
        return nodes;
    }

    /** This process. */
    CpuTrack tester() {
        return tester;
    }

    /** The last phase is over. It waits a moment for what nodes say of its end. */
    void end() throws InterruptedException {
        sample();
        nodes.await(2 * SECOND);
    }

    List<Sample> samples() {
        return samples;
    }

    /** Of the measured phases, in nanoseconds. */
    Histogram latency() {
        return latency;
    }

    /** From when a message was due until it was sent; of the measured phases, in nanoseconds. */
    Histogram lateness() {
        return lateness;
    }

    double deliveriesPerSecond() {
        return measuredNanos == 0 ? 0 : measuredDelivered * 1e9 / measuredNanos;
    }

    double publishesPerSecond() {
        return measuredNanos == 0 ? 0 : measuredPublished * 1e9 / measuredNanos;
    }
}
