package io.roomcast.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** All that is counted. Any thread. */
final class Tally {
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int DIGITS = 3;

    final LongAdder connected = new LongAdder();
    final LongAdder joined = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder broken = new LongAdder();
    final LongAdder returned = new LongAdder();
    /** Were in their room once, and had not come back at the end. */
    final LongAdder away = new LongAdder();

    final LongAdder published = new LongAdder();
    final LongAdder acknowledged = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder bytes = new LongAdder();
    /** Missed for good, silently. */
    final LongAdder lost = new LongAdder();

    final LongAdder repeated = new LongAdder();
    final LongAdder late = new LongAdder();
    /** Another message at the same offset than another member, or the publisher, was told. */
    final LongAdder contradicted = new LongAdder();
    /** Members that were told that they are behind, or could not recover: honest, and no loss. */
    final LongAdder behind = new LongAdder();

    private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();
    private final Recorder latency = new Recorder(LONGEST_NANOS, DIGITS);
    private final Recorder joining = new Recorder(LONGEST_NANOS, DIGITS);
    private final Histogram joinings = new Histogram(LONGEST_NANOS, DIGITS);

    void refused(String code) {
        refusals.computeIfAbsent(code, c -> new LongAdder()).increment();
    }

    void ended(String how) {
        ends.computeIfAbsent(how, h -> new LongAdder()).increment();
    }

    Map<String, Long> refusals() {
        return sums(refusals);
    }

    Map<String, Long> ends() {
        return sums(ends);
    }

    private static Map<String, Long> sums(Map<String, LongAdder> counts) {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((name, count) -> sums.put(name, count.sum()));
        return sums;
    }

    void latency(long nanos) {
        latency.recordValue(Math.max(0, Math.min(nanos, LONGEST_NANOS)));
    }

    void joining(long nanos) {
        joining.recordValue(Math.max(0, Math.min(nanos, LONGEST_NANOS)));
    }

    /** Since this was asked for last. */
    Histogram intervalLatency() {
        return latency.getIntervalHistogram();
    }

    /** From the first connect until it was in its room, of all members so far. */
    synchronized Histogram joinings() {
        joinings.add(joining.getIntervalHistogram());
        return joinings;
    }

    /** Whether nothing is wrong with what was delivered. */
    boolean kept() {
        return lost.sum() + repeated.sum() + late.sum() + contradicted.sum() == 0;
    }
}
