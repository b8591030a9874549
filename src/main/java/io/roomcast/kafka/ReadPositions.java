package io.roomcast.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.common.Uuid;

/**
 * How far this node has read the partitions of a topic, and which leaders had stored that. So it finds out whether Kafka
 * still has what the node has read: after an unclean election, or with an older copy of its disk, it has not.
 *
 * <p><b>Concurrency.</b> The thread that reads uses it. Any thread may call {@link #next}.
 */
final class ReadPositions {
    /** Nothing is missing. */
    static final long ALL_THERE = Long.MAX_VALUE;
    /** So many changes of the leader are remembered. */
    private static final int LEADERS = 1_000;

    private final Uuid topic;
    private final AtomicLongArray next;
    /** For each partition, the first position that was stored under a leader, by the leader's epoch. */
    private final List<TreeMap<Integer, Long>> leaders = new ArrayList<>();
    /** From where on Kafka has other records, as far as it has told. */
    private final long[] missingFrom;

    /** @param first position of each partition to read */
    ReadPositions(Uuid topic, long[] first) {
        this.topic = topic;
        this.next = new AtomicLongArray(first);
        this.missingFrom = new long[first.length];
        for (int i = 0; i < first.length; i++) {
            leaders.add(new TreeMap<>());
            missingFrom[i] = ALL_THERE;
        }
    }

    /** How many partitions there are. */
    int count() {
        return next.length();
    }

    /** The position to read next. */
    long next(int partition) {
        return next.get(partition);
    }

    /** The epoch of the leader under which the last record was stored; null if none was read. */
    Integer leader(int partition) {
        TreeMap<Integer, Long> all = leaders.get(partition);
        return all.isEmpty() ? null : all.lastKey();
    }

    /**
     * Notes that a record was read.
     *
     * @param leader epoch of the leader; null if not known
     */
    void read(int partition, long position, Integer leader) {
        next.set(partition, position + 1);
        if (leader != null) {
            TreeMap<Integer, Long> all = leaders.get(partition);
            all.putIfAbsent(leader, position);
            if (all.size() > LEADERS) {
                all.pollFirstEntry();
            }
        }
    }

    /** Notes that Kafka has other records from a position on. */
    void diverged(int partition, long from) {
        missingFrom[partition] = Math.min(missingFrom[partition], from);
    }

    /**
     * Notes what Kafka tells when it has no such record under that leader.
     *
     * @param leader the last leader of whom it knows, and this node, too
     * @param end where the records of this leader end
     */
    void diverged(int partition, int leader, long end) {
        Integer unknown = leaders.get(partition).higherKey(leader);
        diverged(
                partition,
                unknown == null ? end : Math.min(end, leaders.get(partition).get(unknown)));
    }

    /**
     * The first position that this node has read, and where Kafka has another record, or none; {@link #ALL_THERE} if Kafka
     * has all of them, or has only let go of the oldest.
     *
     * @param found the topic that Kafka has now
     * @param end of the partition
     * @param endLeader epoch of the leader there; null if not known
     */
    long missingFrom(int partition, Uuid found, long end, Integer endLeader) {
        Integer known = leader(partition);
        if (!topic.equals(found) || end < next(partition) || known != null && endLeader != null && endLeader < known) {
            return 0;
        }
        return missingFrom[partition];
    }
}
