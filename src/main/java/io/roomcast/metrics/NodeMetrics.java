package io.roomcast.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** What has happened on this node since it started. Any thread may count and read; counting never waits. */
public final class NodeMetrics {
    /** Stands for close codes that neither the protocol nor RFC 6455 defines: clients choose their codes. */
    private static final int OTHER_CODE = 0;

    private final Map<Counter, LongAdder> counters = new EnumMap<>(Counter.class);
    private final Map<Latency, Histogram> latencies = new EnumMap<>(Latency.class);
    private final LongAdder portableSessions = new LongAdder();
    private final ConcurrentMap<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, LongAdder> limits = new ConcurrentHashMap<>();
    private final ConcurrentMap<Integer, LongAdder> closes = new ConcurrentHashMap<>();

    public NodeMetrics() {
        for (Counter counter : Counter.values()) {
            counters.put(counter, new LongAdder());
        }
        for (Latency latency : Latency.values()) {
            latencies.put(latency, new Histogram());
        }
    }

    public void increment(Counter counter) {
        counters.get(counter).increment();
    }

    /** @param count at least 0 */
    public void add(Counter counter, long count) {
        counters.get(counter).add(count);
    }

    public long get(Counter counter) {
        return counters.get(counter).sum();
    }

    public void record(Latency latency, long nanos) {
        latencies.get(latency).record(nanos);
    }

    public Histogram histogram(Latency latency) {
        return latencies.get(latency);
    }

    /**
     * One batch has been offered to all live members. Counted once for a batch, not once for a member.
     *
     * @param messages in the batch
     * @param bytes of the batch
     * @param taken how many members' queues took it
     * @param refused how many did not, since they are closed or full
     */
    public void fannedOut(int messages, int bytes, int taken, int refused, long nanos) {
        increment(Counter.BATCHES);
        add(Counter.MESSAGES_BATCHED, messages);
        add(Counter.MESSAGES_DELIVERED, (long) messages * taken);
        add(Counter.BYTES_DELIVERED, (long) bytes * taken);
        if (refused > 0) {
            add(Counter.MESSAGES_DROPPED, (long) messages * refused);
        }
        record(Latency.FAN_OUT, nanos);
    }

    /** Messages of the history were sent to one member that came back. */
    public void replayed(int messages, int bytes) {
        add(Counter.MESSAGES_REPLAYED, messages);
        add(Counter.BYTES_DELIVERED, bytes);
    }

    /** @param change how many open sessions more use the portable path; negative for fewer */
    public void portableSessions(int change) {
        portableSessions.add(change);
    }

    /** Open sessions on the portable path. */
    public long portableSessions() {
        return portableSessions.sum();
    }

    /** @param code as the connection was closed, by whichever side */
    public void sessionClosed(int code) {
        boolean known = code >= 1000 && code <= 1015 || code >= 4000 && code <= 4004 || code >= 4500 && code <= 4502;
        increment(closes, known ? code : OTHER_CODE);
    }

    /** @param code of the error, from a bounded set */
    public void refused(String code) {
        increment(refusals, code);
    }

    /** @param limit name of the key, from a bounded set */
    public void limitReached(String limit) {
        increment(limits, limit);
    }

    /** Closed sessions by close code; 0 is any code that neither the protocol nor RFC 6455 defines. */
    public Map<Integer, Long> closes() {
        return sums(closes);
    }

    public long closedSessions() {
        return closes.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Refused requests by error code. */
    public Map<String, Long> refusals() {
        return sums(refusals);
    }

    /** How often a limit was reached, by its key. */
    public Map<String, Long> limits() {
        return sums(limits);
    }

    private static <K> void increment(ConcurrentMap<K, LongAdder> counts, K key) {
        counts.computeIfAbsent(key, unused -> new LongAdder()).increment();
    }

    private static <K extends Comparable<K>> Map<K, Long> sums(Map<K, LongAdder> counts) {
        Map<K, Long> sums = new TreeMap<>();
        counts.forEach((key, count) -> sums.put(key, count.sum()));
        return sums;
    }
}
