package io.roomcast.load;

import java.util.LinkedHashMap;
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
    /** Published, and neither acknowledged nor refused when the connection, or the test, ended. */
    final LongAdder unanswered = new LongAdder();

    final LongAdder delivered = new LongAdder();
    final LongAdder bytes = new LongAdder();
    /** Missed for good, and nobody told the member. */
    final LongAdder lost = new LongAdder();

    final LongAdder repeated = new LongAdder();
    final LongAdder late = new LongAdder();
    /** Another message at the same offset than another member, or the publisher, was told. */
    final LongAdder contradicted = new LongAdder();
    /** {@code behind} frames: the member joins again from its position, and often gets all that it missed. */
    final LongAdder behind = new LongAdder();
    /** Joins that were answered with {@code recovered: false} though they named a position: honest, and no loss. */
    final LongAdder gaps = new LongAdder();
    /** Those of them that named another epoch. */
    final LongAdder newEpochs = new LongAdder();
    /** What did not come because of gaps, as far as the tester knows what there was. */
    final LongAdder gapMessages = new LongAdder();

    private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();
    private final Recorder latency = new Recorder(LONGEST_NANOS, DIGITS);
    private final Recorder lateness = new Recorder(LONGEST_NANOS, DIGITS);
    private final Recorder joining = new Recorder(LONGEST_NANOS, DIGITS);
    private final Histogram joinings = new Histogram(LONGEST_NANOS, DIGITS);

    void refused(String code) {
        refusals.computeIfAbsent(code, c -> new LongAdder()).increment();
    }

    void ended(String how) {
        ends.computeIfAbsent(how, h -> new LongAdder()).increment();
    }

    /** Requests that were answered with {@code error}, by its code. */
    Map<String, Long> refusals() {
        return sums(refusals);
    }

    /** Connections that ended, or did not come about, by the reason. */
    Map<String, Long> ends() {
        return sums(ends);
    }

    Map<String, Long> refusalsAndEnds() {
        Map<String, Long> both = sums(refusals);
        both.putAll(sums(ends));
        return both;
    }

    private static Map<String, Long> sums(Map<String, LongAdder> counts) {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((name, count) -> sums.put(name, count.sum()));
        return sums;
    }

    void latency(long nanos) {
        record(latency, nanos);
    }

    /** From when a message was due until the tester had passed it to the network. */
    void lateness(long nanos) {
        record(lateness, nanos);
    }

    void joining(long nanos) {
        record(joining, nanos);
    }

    private static void record(Recorder recorder, long nanos) {
        recorder.recordValue(Math.max(0, Math.min(nanos, LONGEST_NANOS)));
    }

    /** Since this was asked for last. */
    Histogram intervalLatency() {
        return latency.getIntervalHistogram();
    }

    /** Since this was asked for last. */
    Histogram intervalLateness() {
        return lateness.getIntervalHistogram();
    }

    /** From the first connect until it was in its room, of all members so far. */
    synchronized Histogram joinings() {
        joinings.add(joining.getIntervalHistogram());
        return joinings;
    }

    /** Grows as long as anything comes. */
    long arrived() {
        return delivered.sum() + acknowledged.sum() + sum(refusals());
    }

    /** Deliveries that were wrong. */
    long wrong() {
        return lost.sum() + repeated.sum() + late.sum() + contradicted.sum();
    }

    /** Whether nothing is wrong with what was delivered. */
    boolean kept() {
        return wrong() == 0;
    }

    /** The same, by what is wrong. */
    Map<String, Long> wrongs() {
        Map<String, Long> wrongs = new LinkedHashMap<>();
        wrongs.put("lost", lost.sum());
        wrongs.put("repeated", repeated.sum());
        wrongs.put("out of order", late.sum());
        wrongs.put("contradicted", contradicted.sum());
        wrongs.values().removeIf(count -> count == 0);
        return wrongs;
    }

    /** What is more in {@code now} than in {@code before}. */
    static Map<String, Long> since(Map<String, Long> before, Map<String, Long> now) {
        Map<String, Long> more = new TreeMap<>();
        now.forEach((name, count) -> {
            long grown = count - before.getOrDefault(name, 0L);
            if (grown > 0) {
                more.put(name, grown);
            }
        });
        return more;
    }

    static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
