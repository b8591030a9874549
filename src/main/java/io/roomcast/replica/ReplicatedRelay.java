package io.roomcast.replica;

import io.roomcast.lease.LeasedPresence;
import io.roomcast.local.HistoryBudget;
import io.roomcast.local.LocalLog;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.FirstEpochs;
import io.roomcast.relay.Futures;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayListener;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.relay.Trait;
import io.roomcast.replica.LogRecord.Kind;
import io.roomcast.replica.Subscribed.Subscription;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The relay of many nodes over a broker that only appends. All rooms share a log. Every node reads all of it, and applies
 * each record to its own replica of the room: number, history and keys of a room are what all nodes compute alike.
 *
 * <p><b>Threads.</b> Stages complete on the thread of the log, which also calls the listener: see {@link Replica}.
 */
public final class ReplicatedRelay implements Relay {
    private static final long CHECK_MILLIS = 250;
    private static final long SWEEP_MILLIS = 10_000;
    private static final long BEAT_MILLIS = 1_000;
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * What this relay is to keep.
     *
     * @param history limits of the histories; other nodes may have others
     * @param maxBytes approximate limit of the heap that all rooms hold together
     * @param lease time after which a lease of presence expires, the same on all nodes
     * @param timeout how long the log may take for an answer
     */
    public record Limits(HistoryLimits.Rule history, long maxBytes, Duration lease, Duration timeout) {
        /** The usual lease. */
        public static final Duration LEASE = Duration.ofSeconds(10);
    }

    private final AppendLog log;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final FirstEpochs epochs = new FirstEpochs();
    private final HistoryBudget budget;
    private final PendingCalls pending;
    private final Replica replica;
    private final ReplicatedBook book;
    private final ReplicatedExchange exchange;
    private final Caretaker caretaker;
    private final List<ScheduledFuture<?>> tasks = new ArrayList<>();
    private volatile RelayListener listener;
    private volatile Subscribed subscribed;

    /**
     * Does not read yet.
     *
     * @param log closed with this relay
     * @param node name of this node; need not be unique
     * @param timer runs short tasks
     * @param nanoClock as {@link System#nanoTime}
     */
    public ReplicatedRelay(
            AppendLog log,
            Limits limits,
            String node,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            NodeMetrics metrics) {
        this.log = log;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.budget = new HistoryBudget(limits.maxBytes());
        this.pending = new PendingCalls(nanoClock, limits.timeout().toMillis());
        byte[] salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        RoomEvents roomEvents = new RoomEvents();
        this.replica = new Replica(
                log,
                (trimmed, keepMillis) ->
                        new Rooms(new Rooms.Shared(limits.history(), budget, salt, keepMillis, roomEvents), trimmed),
                limits.lease().toMillis(),
                pending,
                metrics);
        this.book = new ReplicatedBook(replica, limits.lease().toMillis());
        this.exchange = new ReplicatedExchange(node, replica, timer, nanoClock);
        this.caretaker = new Caretaker(replica, book, timer, epochs);
    }

    /** What happens in rooms. */
    private final class RoomEvents implements Rooms.Events {
        @Override
        public void stored(ReplicatedRoom room, StoredMessage message) {
            subscribed.deliver(room.name, message);
        }

        @Override
        public void renumbered(ReplicatedRoom room) {
            if (subscribed.isActive(room.name.value())) {
                listener.reset(room.name, room.log.position());
            }
        }

        @Override
        public void disagreed(String room, long position) {
            if (replica.isLive()) {
                caretaker.renumber(room, position);
            }
        }
    }

    /** What happens to the log. */
    private final class LogEvents implements Replica.Events {
        /** Whether this node reads anew. */
        private boolean lost;

        @Override
        public void lost() {
            lost = true;
            subscribed.interrupt();
        }

        @Override
        public void live() {
            caretaker.live();
            exchange.beat();
            if (lost) {
                lost = false;
                subscribed.all().stream().filter(Subscription::isInterrupted).forEach(ReplicatedRelay.this::resume);
                replica.presenceMissed();
            }
        }

        @Override
        public void noted(byte[] bytes) {
            Note note = Note.decode(bytes);
            if (note instanceof Note.Signal signal) {
                if (subscribed.isActive(signal.room().value())) {
                    listener.signal(signal.room(), signal.kind(), signal.frame());
                }
            } else if (note instanceof Note.Part told) {
                exchange.received(told.part());
            }
        }
    }

    @Override
    public void start(RelayListener receiver) {
        listener = receiver;
        subscribed = new Subscribed(receiver);
        caretaker.start(subscribed);
        replica.start(new LogEvents());
        every(CHECK_MILLIS, pending::checkTimeouts);
        every(SWEEP_MILLIS, this::sweep);
        every(BEAT_MILLIS, exchange::beat);
    }

    /** Frees memory, and appends again what the log would let go of. */
    void sweep() {
        caretaker.sweep();
    }

    private void every(long millis, Runnable task) {
        tasks.add(timer.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS));
    }

    @Override
    public CompletionStage<Prefix> publishAll(RoomName room, List<Entry> entries) {
        Partition partition = replica.partition(room.value());
        if (partition == null) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("the log cannot be reached"));
        }
        try {
            requireCertain(room);
            LocalLog.requireSpaceToBegin(budget, 1);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return replica.call(
                partition.number,
                Kind.PUBLISH,
                room.value(),
                head(partition, room),
                Batch.encode(entries),
                Prefix.class);
    }

    private void requireCertain(RoomName room) {
        if (replica.isDoubtful(room.value())) {
            throw new RelayUnavailableException("the room is numbered anew");
        }
    }

    /** What this node knows of the room, for a record that may begin it. */
    private Head head(Partition partition, RoomName room) {
        Partition.Applied applied = partition.applied();
        String epoch = partition.rooms.has(room.value()) ? "" : epochs.begin(room);
        return partition.rooms.headNow(room.value(), applied.position(), applied.millis(), epoch);
    }

    @Override
    public void signal(RoomName room, FrameKind kind, byte[] frame) {
        replica.send(new Note.Signal(room, kind, frame).encode());
    }

    @Override
    public CompletionStage<Position> subscribe(RoomName room) {
        Subscription subscription = subscribed.add(room);
        CompletableFuture<Position> result = new CompletableFuture<>();
        replica.read(room, partition -> {
                    activate(partition, subscription, result);
                    return null;
                })
                .exceptionally(failure -> {
                    result.completeExceptionally(failure);
                    return null;
                });
        return result.whenComplete((position, failure) -> {
            if (failure != null) {
                subscribed.remove(subscription);
            }
        });
    }

    /** Begins the deliveries of the room, and the room, if nobody else has. */
    private void activate(Partition partition, Subscription subscription, CompletableFuture<Position> result) {
        RoomName name = subscription.room;
        requireCertain(name);
        ReplicatedRoom room = partition.rooms.find(name.value());
        if (room != null) {
            if (subscribed.activate(subscription)) {
                result.complete(room.log.provablePosition());
            } else {
                result.completeExceptionally(new RelayUnavailableException("the room is no longer subscribed"));
            }
            return;
        }
        if (partition.rooms.isHeld(name.value())) {
            result.completeExceptionally(new RelayUnavailableException("the room is not known yet"));
            return;
        }
        LocalLog.requireSpaceToSubscribe(budget);
        begin(partition, name, new Replica.Call() {
            @Override
            public void applied(Partition begun, Object none) {
                activate(begun, subscription, result);
            }

            @Override
            public void failed(Throwable why) {
                result.completeExceptionally(why);
            }
        });
    }

    private void begin(Partition partition, RoomName room, Replica.Call call) {
        replica.append(partition.number, Kind.BEGIN, room.value(), head(partition, room), LogRecord.NOTHING, call);
    }

    /** Lets the deliveries go on after this node has read the log anew. */
    private void resume(Subscription subscription) {
        CompletableFuture<Position> result = new CompletableFuture<>();
        var unused = result.whenComplete((position, failure) -> {
            if (failure == null) {
                listener.reset(subscription.room, position);
            } else {
                caretaker.later(() -> resumeIfInterrupted(subscription));
            }
        });
        Partition partition = replica.partition(subscription.room.value());
        try {
            activate(partition, subscription, result);
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    private void resumeIfInterrupted(Subscription subscription) {
        if (replica.isLive() && subscription.isInterrupted() && subscribed.has(subscription.room.value())) {
            replica.read(subscription.room, partition -> {
                        resume(subscription);
                        return null;
                    })
                    .exceptionally(failure -> {
                        caretaker.later(() -> resumeIfInterrupted(subscription));
                        return null;
                    });
        }
    }

    @Override
    public CompletionStage<Position> position(RoomName room) {
        return replica.read(room, partition -> {
            ReplicatedRoom found = known(partition, room);
            return found == null ? new Position(epochs.tell(room), 0) : found.log.position();
        });
    }

    /** The room, or null if nobody has begun it. */
    private ReplicatedRoom known(Partition partition, RoomName room) {
        requireCertain(room);
        if (partition.rooms.isHeld(room.value())) {
            throw new RelayUnavailableException("the room is not known yet");
        }
        return partition.rooms.find(room.value());
    }

    @Override
    public void unsubscribe(RoomName room) {
        subscribed.remove(room);
    }

    @Override
    public CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit) {
        return replica.read(room, partition -> {
            ReplicatedRoom found = known(partition, room);
            return found == null
                    ? empty(room)
                    : found.log.after(offset, limit, partition.applied().millis());
        });
    }

    @Override
    public CompletionStage<HistoryPage> historyBefore(RoomName room, long offset, int limit) {
        return replica.read(room, partition -> {
            ReplicatedRoom found = known(partition, room);
            return found == null
                    ? empty(room)
                    : found.log.before(offset, limit, partition.applied().millis());
        });
    }

    private HistoryPage empty(RoomName room) {
        return new HistoryPage(epochs.tell(room), List.of(), false);
    }

    @Override
    public CompletionStage<Void> probe() {
        List<CompletionStage<Void>> all = new ArrayList<>();
        for (Partition partition : replica.partitions()) {
            all.add(replica.read(partition, applied -> null));
        }
        return all.isEmpty()
                ? CompletableFuture.failedFuture(new RelayUnavailableException("the log cannot be reached"))
                : Futures.all(all);
    }

    /** A presence store that uses the log of this relay. It must be closed before this relay. */
    public PresenceStore presence() {
        return new LeasedPresence(book, replica, timer, nanoClock);
    }

    /** The exchange between the nodes of this relay. It ends with this relay. */
    public NodeExchange exchange() {
        return exchange;
    }

    @Override
    public Set<Trait> traits() {
        return Set.of(Trait.EVERY_ROOM_ON_EVERY_NODE, Trait.READS_BEFORE_READY, Trait.SIGNALS_STORED_BRIEFLY);
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public void close() {
        tasks.forEach(task -> task.cancel(false));
        exchange.close();
        pending.close(nanoClock.getAsLong() + CLOSE_NANOS);
        log.close();
    }
}
