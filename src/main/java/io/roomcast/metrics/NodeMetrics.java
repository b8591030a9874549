package io.roomcast.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The counts and durations of this node since it started. Any thread may count and read. Counting does not block. */
public final class NodeMetrics {
    /**
     * The key for all close codes that neither the protocol nor IANA's registry defines (1000–1015). Clients choose
     * their codes. So the number of keys would have no bound without this key.
     */
    private static final int OTHER_CODES = 0;

    private final Map<Counter, LongAdder> counters = new EnumMap<>(Counter.class);
    private final Map<Latency, Histogram> latencies = new EnumMap<>(Latency.class);
    private final LongAdder portableSessions = new LongAdder();
    private final LongAdder archiveQueueBytes = new LongAdder();
    private volatile long archiveUnindexed;
    private volatile LongSupplier archiveLag = () -> 0;
    private volatile long archiveBehind;
    private volatile boolean archiveLosing;
    private final ConcurrentMap<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, LongAdder> limits = new ConcurrentHashMap<>();
    private final ConcurrentMap<Integer, LongAdder> closes = new ConcurrentHashMap<>();

    private volatile Consumer<String> limitListener = unused -> {};

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
     * Counts one batch that was offered to all live members. Must be called once for each batch, not for each member.
     *
     * @param messages number of messages in the batch
     * @param bytes size of the batch
     * @param taken number of members' queues that took the batch
     * @param dropped number of members' queues that dropped the batch, because they are closed or full
     * @param nanos duration of the fan-out
     */
    public void recordFanOut(int messages, int bytes, int taken, int dropped, long nanos) {
        increment(Counter.BATCHES);
        add(Counter.MESSAGES_BATCHED, messages);
        add(Counter.MESSAGES_DELIVERED, (long) messages * taken);
        add(Counter.BYTES_DELIVERED, (long) bytes * taken);
        if (dropped > 0) {
            add(Counter.MESSAGES_DROPPED, (long) messages * dropped);
        }
        record(Latency.FAN_OUT, nanos);
    }

    /** Counts messages of the history that were sent to one returning member. */
    public void recordReplay(int messages, int bytes) {
        add(Counter.MESSAGES_REPLAYED, messages);
        add(Counter.BYTES_DELIVERED, bytes);
    }

    /**
     * Counts sessions that open or close on the portable path.
     *
     * @param change the change in the number of open sessions; negative when sessions close
     */
    public void addPortableSessions(int change) {
        portableSessions.add(change);
    }

    /** Number of open sessions on the portable path. */
    public long portableSessions() {
        return portableSessions.sum();
    }

    /** @param count of messages in the archive that its search does not find yet */
    public void setArchiveUnindexed(long count) {
        archiveUnindexed = count;
    }

    /** Messages in the archive that its search does not find yet. */
    public long archiveUnindexed() {
        return archiveUnindexed;
    }

    /** @param change of the bytes of messages that wait to be stored in the archive */
    public void addArchiveQueueBytes(long change) {
        archiveQueueBytes.add(change);
    }

    /** Bytes of messages that wait to be stored in the archive. */
    public long archiveQueueBytes() {
        return archiveQueueBytes.sum();
    }

    /** @param millis how old the oldest message may be that this node has yet to copy to the archive; 0 for none */
    public void setArchiveLag(LongSupplier millis) {
        archiveLag = millis;
    }

    /** How far the archive is behind what this node copies to it, in milliseconds. */
    public long archiveLagMillis() {
        return archiveLag.getAsLong();
    }

    /**
     * @param messages that this node has yet to copy to the archive, as far as it knows
     * @param losing whether the relay drops messages that are not in the archive yet
     */
    public void setArchiveBehind(long messages, boolean losing) {
        archiveBehind = messages;
        archiveLosing = losing;
    }

    public long archiveBehind() {
        return archiveBehind;
    }

    public boolean isArchiveLosing() {
        return archiveLosing;
    }

    /**
     * Counts a closed session.
     *
     * @param code the close code of the client or of this node; 1006 if the connection broke
     */
    public void sessionClosed(int code) {
        boolean isDefined =
                code >= 1000 && code <= 1015 || code >= 4000 && code <= 4005 || code >= 4500 && code <= 4502;
        increment(closes, isDefined ? code : OTHER_CODES);
    }

    /**
     * Counts a refused request.
     *
     * @param code the code of the error, from a bounded set
     */
    public void refused(String code) {
        increment(refusals, code);
    }

    /**
     * Counts that a limit was reached by somebody who is not known, and tells the listener.
     *
     * @param limit the name of the key, from a bounded set
     */
    public void limitReached(String limit) {
        countLimit(limit);
        limitListener.accept(limit);
    }

    /**
     * Counts that a limit was reached. The caller makes known by whom.
     *
     * @param limit the name of the key, from a bounded set
     */
    public void countLimit(String limit) {
        increment(limits, limit);
    }

    /**
     * Sets the listener of {@link #limitReached}, which gets the name of the key. It runs on the thread that
     * counts, and must be fast.
     */
    public void whenLimitReached(Consumer<String> listener) {
        limitListener = listener;
    }

    /** Closed sessions by close code; 0 stands for all codes that neither the protocol nor IANA's registry defines. */
    public Map<Integer, Long> closes() {
        return sums(closes);
    }

    /** Refused requests by error code. */
    public Map<String, Long> refusals() {
        return sums(refusals);
    }

    /** How often each limit was reached, by the name of the key. */
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
