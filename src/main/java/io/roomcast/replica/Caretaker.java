package io.roomcast.replica;

import io.roomcast.relay.FirstEpochs;
import io.roomcast.replica.Head.Knowledge;
import io.roomcast.replica.LogRecord.Kind;
import io.roomcast.replica.PresenceCommand.Action;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the log and this node's replica in order: frees memory, appends again what the log would let go of, takes out the
 * users of nodes that have vanished, and begins a new epoch where nodes do not agree. Only the thread of the log uses its
 * fields.
 */
final class Caretaker {
    private static final Logger LOG = System.getLogger(Caretaker.class.getName());
    /** Nodes that watch a room have found its ended leases long before. */
    private static final long ENDED_MILLIS = 60_000;

    private static final long LATER_MILLIS = 1_000;
    private static final int EVICTED_AT_ONCE = 1_000;

    private final Replica replica;
    private final ReplicatedBook book;
    private final ScheduledExecutorService timer;
    private final FirstEpochs epochs;
    /** When it was seen first that a lease has users, and has ended. */
    private final Map<String, Long> endedSince = new HashMap<>();
    /** When the values on which the nodes agree were appended again; 0 if never. */
    private long agreedAt;

    private Subscribed subscribed;

    Caretaker(Replica replica, ReplicatedBook book, ScheduledExecutorService timer, FirstEpochs epochs) {
        this.replica = replica;
        this.book = book;
        this.timer = timer;
        this.epochs = epochs;
    }

    void start(Subscribed rooms) {
        subscribed = rooms;
    }

    /** Runs the task soon, on another thread. */
    void later(Runnable task) {
        try {
            var unused = timer.schedule(task, LATER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the node is stopping");
        }
    }

    /**
     * Begins a new epoch of the {@linkplain Rooms#uncertain uncertain} rooms, and of those of which the log tells less than
     * this node knew.
     */
    void live() {
        replica.takenBack().forEach(room -> appendRenumber(room, asOf(room)));
        for (Partition partition : replica.partitions()) {
            Partition.Applied applied = partition.applied();
            partition.rooms.uncertain(applied.millis()).forEach(room -> renumber(room, applied.position()));
        }
    }

    /**
     * Begins a new epoch of the room, since the nodes do not agree on the present one.
     *
     * @param asOf position of the record with which they do not agree
     */
    void renumber(String room, long asOf) {
        LOG.log(Level.WARNING, "nodes do not agree on the messages of room {0}, which is numbered anew", room);
        appendRenumber(room, asOf);
    }

    private long asOf(String room) {
        return replica.partition(room).applied().position();
    }

    private void appendRenumber(String room, long asOf) {
        Partition partition = replica.partition(room);
        Head head = new Head(Knowledge.NO_ROOM, epochs.next(), 0, asOf);
        replica.append(partition.number, Kind.RENUMBER, room, head, LogRecord.NOTHING, new Replica.Call() {
            @Override
            public void applied(Partition applied, Object result) {}

            @Override
            public void failed(Throwable why) {
                later(() -> {
                    if (replica.isLive()) {
                        appendRenumber(room, asOf(room));
                    }
                });
            }
        });
    }

    /** To be called regularly, on any thread. */
    void sweep() {
        for (Partition partition : replica.partitions()) {
            var unused = replica.read(partition, applied -> {
                sweep(applied);
                return null;
            });
        }
    }

    private void sweep(Partition partition) {
        long millis = partition.applied().millis();
        partition.rooms.sweep(millis, subscribed::has, room -> keep(partition, room));
        List<PresenceRooms.Left> left = partition.presence.sweep(millis, lease -> !partition.leases.has(lease));
        left.forEach(each -> evictEnded(partition, each, millis));
        endedSince.values().removeIf(since -> millis - since > 10 * ENDED_MILLIS);
        if (!partition.agreed.isEmpty() && millis - agreedAt > partition.rooms.keepMillis() / 3) {
            agreedAt = millis;
            partition.agreed.forEach((name, value) -> append(partition, Kind.AGREED, name, Head.SILENT, value));
        }
    }

    /** Appends a record of a room in which nobody has said anything for long, so that the room stays known. */
    private void keep(Partition partition, ReplicatedRoom room) {
        Head head = new Head(
                Knowledge.ROOM,
                room.epoch,
                room.last().offset(),
                partition.applied().position());
        append(partition, Kind.BEGIN, room.name.value(), head, LogRecord.NOTHING);
    }

    /** Takes out the users of a lease that ended a while ago, in a room that nobody watches. One node does this. */
    private void evictEnded(Partition partition, PresenceRooms.Left left, long millis) {
        long since = endedSince.computeIfAbsent(left.lease(), lease -> millis);
        if (millis - since > ENDED_MILLIS && partition.leases.isFirst(book.ownLease())) {
            byte[] command = PresenceCommand.encode(Action.EVICT, EVICTED_AT_ONCE, left.lease(), List.of(), Set.of());
            append(partition, Kind.PRESENCE, left.room(), Head.SILENT, command);
        }
    }

    private void append(Partition partition, Kind kind, String room, Head head, byte[] body) {
        var unused = replica.call(partition.number, kind, room, head, body, Object.class);
    }
}
