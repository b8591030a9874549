package io.roomcast.load;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** A part of a run, such as the ramp or the hold, and what was seen in it. Used by the thread that runs the test. */
final class Phase {
    private final String name;
    private final double from;
    private final Histogram latency = new Histogram(3);
    private final Map<String, Long> refusals = new TreeMap<>();
    private double to;
    private int joined;
    private long published;
    private long delivered;

    /** @param from seconds of the run */
    Phase(String name, double from) {
        this.name = name;
        this.from = from;
        this.to = from;
    }

    void add(double until, int joinedThen, long publishedMore, long deliveredMore, Histogram latencies) {
        to = until;
        joined = joinedThen;
        published += publishedMore;
        delivered += deliveredMore;
        latency.add(latencies);
    }

    void refused(Map<String, Long> more) {
        more.forEach((reason, count) -> refusals.merge(reason, count, Long::sum));
    }

    String name() {
        return name;
    }

    double from() {
        return from;
    }

    double to() {
        return to;
    }

    double seconds() {
        return to - from;
    }

    /** Members in their rooms when it ended. */
    int joined() {
        return joined;
    }

    double publishedEach() {
        return seconds() <= 0 ? 0 : published / seconds();
    }

    double deliveredEach() {
        return seconds() <= 0 ? 0 : delivered / seconds();
    }

    /** In nanoseconds. */
    Histogram latency() {
        return latency;
    }

    /** Requests that were refused and connections that ended, by reason. */
    Map<String, Long> refusals() {
        return refusals;
    }
}
