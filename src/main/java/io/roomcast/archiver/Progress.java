package io.roomcast.archiver;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Copies;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The rooms that an archiver has yet to copy, and how far it is behind. The age of what waits grows by itself while the
 * archiver is held up. The methods are for the thread of the archiver; the metrics may be read by any.
 */
final class Progress {
    /** What is younger is no lag: nodes tell of news, and archivers take them, a few times a second. */
    private static final long USUAL_MILLIS = 2_000;

    /**
     * @param since wall time from which messages may be missing, in milliseconds
     * @param messages how many are missing, as far as it is known
     */
    private record Waiting(long since, long messages) {}

    private final Clocks clocks;
    private final NodeMetrics metrics;
    private final LinkedHashMap<RoomName, Waiting> waiting = new LinkedHashMap<>();
    /** All news from before this wall time were taken. */
    private long takenTo;
    /** All messages from before this moment were copied, by the nanosecond clock. */
    private volatile long copiedToNanos;

    Progress(Clocks clocks, NodeMetrics metrics) {
        this.clocks = clocks;
        this.metrics = metrics;
        this.takenTo = clocks.wall().millis();
        this.copiedToNanos = clocks.nanos().getAsLong();
        metrics.setArchiveLag(this::lagMillis);
    }

    private long lagMillis() {
        long millis = TimeUnit.NANOSECONDS.toMillis(clocks.nanos().getAsLong() - copiedToNanos);
        return millis < USUAL_MILLIS ? 0 : millis;
    }

    int size() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** The rooms that wait longest. */
    List<RoomName> next(int most) {
        return waiting.keySet().stream().limit(most).toList();
    }

    /** Adds rooms that have news now. */
    void add(Collection<RoomName> rooms) {
        Waiting now = new Waiting(clocks.wall().millis(), 1);
        rooms.forEach(room -> waiting.putIfAbsent(room, now));
    }

    /** All news were taken that there were at this wall time. */
    void tookAll(long time) {
        takenTo = time;
    }

    void done(RoomName room) {
        waiting.remove(room);
    }

    /**
     * A room has further messages: it waits behind the others.
     *
     * @param since when the first of them may have been stored, as wall time; or {@link RoomCopier#UNKNOWN}
     */
    void again(RoomName room, long since, long messages) {
        Waiting former = waiting.remove(room);
        long known = since == RoomCopier.UNKNOWN && former != null ? former.since() : since;
        waiting.put(room, new Waiting(known, messages));
    }

    /** Forgets the rooms of shards that others copy. */
    void retain(Set<Integer> shards) {
        waiting.keySet().removeIf(room -> !shards.contains(Copies.shardOf(room)));
    }

    /** To be called regularly, but not while the archiver cannot work. */
    void publish() {
        long wall = clocks.wall().millis();
        long oldest = takenTo;
        long messages = 0;
        for (Map.Entry<RoomName, Waiting> entry : waiting.entrySet()) {
            oldest = Math.min(oldest, entry.getValue().since());
            messages += entry.getValue().messages();
        }
        copiedToNanos = clocks.nanos().getAsLong() - TimeUnit.MILLISECONDS.toNanos(Math.max(0, wall - oldest));
        metrics.setArchiveBehind(messages, false);
    }
}
