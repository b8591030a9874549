package io.roomcast.replica;

import io.roomcast.cursor.PresenceEvents;
import io.roomcast.cursor.RoomChannels;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.replica.LogRecord.Kind;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * This node's replica of the whole log. A command is a record, which all nodes apply. Its caller has the result when this
 * node meets its own record.
 *
 * <p><b>Concurrency.</b> One thread, that of the log, applies all records, and completes the calls. Nothing else changes the
 * partitions, or reads them, but for what {@link Partition} and {@link Rooms} let any thread read. Callers' stages complete
 * on this thread, so that they must not block.
 */
final class Replica implements AppendLog.Follower, RoomChannels {
    /** Takes the result of a record. */
    interface Call {
        /** Called on the thread of the log. */
        void applied(Partition partition, Object result);

        /** It is not known whether the record will be applied. */
        void failed(Throwable why);
    }

    /** What happens to the whole log. Called on the thread of the log. */
    interface Events {
        /** The node reads anew. What was subscribed is live again after {@link #live}. */
        void lost();

        void live();

        void noted(byte[] note);
    }

    /** A room is known for so many parts of the time that the log reaches back: before the log lets go of its records. */
    private static final long KEEP_PARTS = 12;

    private static final long REACH_PARTS = 13;

    private final AppendLog log;
    private final RoomsMaker roomsOf;
    private final long leaseMillis;
    private final NodeMetrics metrics;
    private final long node = new SecureRandom().nextLong();
    private final AtomicLong numbers = new AtomicLong();
    private final PendingCalls pending;
    private Events events;
    private volatile PresenceEvents presence = PresenceEvents.NONE;
    private volatile List<Partition> partitions = List.of();
    /**
     * Epochs of rooms of which the broker may have lost messages that this node had read, by room. Nothing is appended
     * there under this epoch any more.
     */
    private final ConcurrentHashMap<String, String> doubtful = new ConcurrentHashMap<>();
    /** Whether all was read that was in the log when this node began to read. */
    private volatile boolean live;

    /** Makes the rooms of a partition. */
    interface RoomsMaker {
        /** @param trimmed whether the log is trimmed there */
        Rooms make(boolean trimmed, long keepMillis);
    }

    Replica(AppendLog log, RoomsMaker roomsOf, long leaseMillis, PendingCalls pending, NodeMetrics metrics) {
        this.log = log;
        this.roomsOf = roomsOf;
        this.leaseMillis = leaseMillis;
        this.pending = pending;
        this.metrics = metrics;
    }

    void start(Events receiver) {
        events = receiver;
        log.follow(this);
    }

    boolean isLive() {
        return live;
    }

    List<Partition> partitions() {
        return partitions;
    }

    /** The partition of a room; null if the log was not reached yet. */
    Partition partition(String room) {
        List<Partition> known = partitions;
        return known.isEmpty() ? null : known.get(Math.floorMod(room.hashCode(), known.size()));
    }

    /** Whether the room must be numbered anew before anything is said there. Any thread. */
    boolean isDoubtful(String room) {
        return doubtful.containsKey(room);
    }

    /** The rooms that are to be numbered anew. Their former epochs go on, although messages of them were lost. */
    List<String> takenBack() {
        doubtful.entrySet().removeIf(each -> {
            ReplicatedRoom found = partition(each.getKey()).rooms.find(each.getKey());
            return found == null || !found.epoch.equals(each.getValue());
        });
        return List.copyOf(doubtful.keySet());
    }

    @Override
    public void wentBack(int partition, long from) {
        partitions.get(partition).rooms.since(from).forEach(room -> doubtful.put(room.name.value(), room.epoch));
    }

    @Override
    public void began(boolean[] trimmed, long reachMillis) {
        boolean again = !partitions.isEmpty();
        live = false;
        partitions.forEach(partition -> partition.rooms.release());
        Partition[] made = new Partition[trimmed.length];
        Leases leases = new Leases(leaseMillis);
        for (int i = 0; i < made.length; i++) {
            made[i] = new Partition(
                    i, roomsOf.make(trimmed[i], reachMillis / REACH_PARTS * KEEP_PARTS), leases, new Barrier(this, i));
        }
        partitions = List.of(made);
        pending.failAll(new RelayUnavailableException("the node reads the log anew"));
        if (again) {
            metrics.increment(Counter.RELAY_RECONNECTS);
            events.lost();
        }
    }

    @Override
    public void appended(int partition, long position, long millis, byte[] bytes) {
        LogRecord record = LogRecord.decode(bytes);
        if (record == null) {
            metrics.increment(Counter.UNKNOWN_ENVELOPES);
        }
        Partition replica = partitions.get(partition);
        Object result = replica.apply(record, position, millis, live ? presence : PresenceEvents.NONE);
        if (record != null && record.kind() == Kind.RENUMBER) {
            doubtful.remove(record.room());
        }
        if (record != null && record.node() == node) {
            pending.applied(record.number(), replica, result);
        }
    }

    @Override
    public void caughtUp() {
        live = true;
        events.live();
    }

    @Override
    public void received(byte[] note) {
        events.noted(note);
    }

    /** Appends a record that says nothing of a room. */
    void append(int partition, Kind kind, String room, byte[] body, Call call) {
        append(partition, kind, room, Head.SILENT, body, call);
    }

    /** Appends a record. */
    void append(int partition, Kind kind, String room, Head head, byte[] body, Call call) {
        if (!live) {
            call.failed(new RelayUnavailableException("the node has not read the log yet"));
            return;
        }
        long number = numbers.incrementAndGet();
        byte[] record = new LogRecord(kind, node, number, room, head, body).encode();
        if (record.length > log.maxBytes()) {
            call.failed(new ProtocolException(ErrorCode.TOO_LARGE, "the relay does not take so much at once"));
            return;
        }
        if (pending.add(number, call)) {
            log.append(partition, record).whenComplete((done, failure) -> {
                if (failure != null) {
                    pending.fail(number, failure);
                }
            });
        }
    }

    /** As {@link #append}. The stage completes with the result, on the thread of the log. */
    <T> CompletionStage<T> call(int partition, Kind kind, String room, Head head, byte[] body, Class<T> type) {
        CompletableFuture<T> result = new CompletableFuture<>();
        append(partition, kind, room, head, body, new Call() {
            @Override
            public void applied(Partition replica, Object value) {
                if (value == null && type != Void.class) {
                    result.completeExceptionally(new RelayUnavailableException("the room is not known yet"));
                } else {
                    result.complete(type.cast(value));
                }
            }

            @Override
            public void failed(Throwable why) {
                result.completeExceptionally(why);
            }
        });
        return result;
    }

    /** Reads what the log has of the room, on the thread of the log: see {@link Barrier}. */
    <T> CompletionStage<T> read(RoomName room, Function<Partition, T> reader) {
        Partition partition = partition(room.value());
        if (partition == null) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("the log cannot be reached"));
        }
        return read(partition, reader);
    }

    /** Reads a partition, on the thread of the log: see {@link Barrier}. */
    <T> CompletionStage<T> read(Partition partition, Function<Partition, T> reader) {
        CompletableFuture<T> result = new CompletableFuture<>();
        partition.barrier.read(new Barrier.Reader() {
            @Override
            public void read(Partition applied) {
                try {
                    result.complete(reader.apply(applied));
                } catch (ProtocolException | RelayUnavailableException e) {
                    result.completeExceptionally(e);
                }
            }

            @Override
            public void fail(Throwable why) {
                result.completeExceptionally(why);
            }
        });
        return result;
    }

    /** Most bytes of a note. */
    int maxNoteBytes() {
        return log.maxBytes();
    }

    void send(byte[] note) {
        if (note.length <= log.maxBytes()) {
            log.send(note);
        }
    }

    @Override
    public void setPresence(PresenceEvents receiver) {
        presence = receiver;
    }

    /** Reports that presence may have missed changes, and that the log may have lost the users of this node. */
    void presenceMissed() {
        presence.reconnected();
        presence.watched().forEach(room -> presence.subscribed(room.value(), true));
    }

    @Override
    public void watchChanged(RoomName room) {
        if (presence.isWatched(room.value())) {
            presence.subscribed(room.value(), false);
        }
    }
}
