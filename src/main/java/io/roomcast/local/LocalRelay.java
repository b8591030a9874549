package io.roomcast.local;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayListener;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The relay of a single node. It stores messages in the memory of this process. They are lost when the process ends.
 *
 * <p><b>Concurrency.</b> The map's atomic update for a room changes the room's log and delivers its messages, on the
 * thread that publishes. So offsets, history and deliveries have the same order. The listener is called inside the
 * update. It only queues, as {@link RelayListener} requires.
 */
public final class LocalRelay implements Relay {
    private static final long SWEEP_SECONDS = 10;
    /** Pause before a sweep for want of space, so that refusals do not keep the timer busy. */
    private static final long EARLY_SWEEP_MILLIS = 500;

    private final ConcurrentHashMap<RoomName, LocalLog> logs = new ConcurrentHashMap<>();
    /** Of rooms that are in memory only. */
    private final Epochs epochs = new Epochs(KeyDigest.newSalt());
    /** Of rooms that an archive has, too: an empty one has the same epoch in the next process. */
    private volatile Epochs archivedEpochs;

    private final Supplier<byte[]> salt;
    private final HistoryLimits.Rule limits;
    private final HistoryBudget budget;
    private final InstantSource clock;
    private final ScheduledExecutorService timer;
    private final ScheduledFuture<?> sweepTask;
    /** Whether a sweep is due soon, because there was no space. */
    private final AtomicBoolean sweepDue = new AtomicBoolean();

    private final DiscardedLogs discardedLogs = new DiscardedLogs();

    private volatile RelayListener listener;

    /**
     * @param limits asked once for each log, when it begins
     * @param maxBytes approximate limit of the heap that all rooms hold together
     * @param timer runs the removal of old messages and keys, every 10 seconds and after a refusal for want of space
     */
    public LocalRelay(HistoryLimits.Rule limits, long maxBytes, InstantSource clock, ScheduledExecutorService timer) {
        this(limits, maxBytes, clock, timer, KeyDigest.constant(KeyDigest.newSalt()));
    }

    /**
     * @param salt for digests of keys, and for epochs of rooms that an archive has, too; throws {@link ArchiveException}
     *     as long as the archive was never reached
     */
    LocalRelay(
            HistoryLimits.Rule limits,
            long maxBytes,
            InstantSource clock,
            ScheduledExecutorService timer,
            Supplier<byte[]> salt) {
        this.salt = salt;
        this.budget = new HistoryBudget(maxBytes);
        this.limits = limits;
        this.clock = clock;
        this.timer = timer;
        this.sweepTask = timer.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void start(RelayListener receiver) {
        listener = receiver;
    }

    @Override
    public CompletionStage<Position> publish(RoomName room, String key, byte[] body) {
        KeyDigest digest = digest(key);
        return withLog(room, log -> append(room, log, digest, body));
    }

    @Override
    public CompletionStage<Prefix> publishAll(RoomName room, List<Entry> entries) {
        List<KeyDigest> digests =
                entries.stream().map(entry -> digest(entry.key())).toList();
        return withLog(room, log -> {
            List<Position> positions = new ArrayList<>(entries.size());
            try {
                for (int i = 0; i < entries.size(); i++) {
                    positions.add(
                            append(room, log, digests.get(i), entries.get(i).body()));
                }
                return new Prefix(positions, null);
            } catch (ProtocolException e) {
                if (positions.isEmpty()) {
                    throw e;
                }
                sweepSoon();
                return new Prefix(positions, e);
            }
        });
    }

    KeyDigest digest(String key) {
        return key == null ? null : KeyDigest.of(salt.get(), key);
    }

    private Position append(RoomName room, LocalLog log, KeyDigest key, byte[] body) {
        LocalLog.Appended appended = log.append(key, body, clock.millis());
        if (appended.message() != null && log.subscribed) {
            listener.deliver(room, appended.message());
        }
        return appended.position();
    }

    @Override
    public void signal(RoomName room, FrameKind kind, byte[] frame) {
        logs.computeIfPresent(room, (name, log) -> {
            if (log.subscribed) {
                listener.signal(room, kind, frame);
            }
            return log;
        });
    }

    @Override
    public CompletionStage<Position> subscribe(RoomName room) {
        return withLog(room, LocalLog::subscribe);
    }

    @Override
    public CompletionStage<Position> position(RoomName room) {
        return withLog(room, LocalLog::position);
    }

    @Override
    public void unsubscribe(RoomName room) {
        withLog(room, log -> log.subscribed = false);
    }

    @Override
    public CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit) {
        return withLog(room, log -> log.after(offset, limit, clock.millis()));
    }

    @Override
    public CompletionStage<HistoryPage> historyBefore(RoomName room, long offset, int limit) {
        return withLog(room, log -> log.before(offset, limit, clock.millis()));
    }

    @Override
    public CompletionStage<Void> probe() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public void close() {
        sweepTask.cancel(false);
    }

    /** Runs the action inside the map's atomic update for the room. Makes the room's log if there is none. */
    <T> CompletionStage<T> withLog(RoomName room, Function<LocalLog, T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        logs.compute(room, (name, existing) -> {
            LocalLog log = existing == null ? new LocalLog(epochs.of(name), limits.of(name), budget) : existing;
            apply(action, log, result);
            return discardIfUnused(name, log);
        });
        return result;
    }

    private <T> void apply(Function<LocalLog, T> action, LocalLog log, CompletableFuture<T> result) {
        try {
            T value = action.apply(log);
            log.updateBudget();
            result.complete(value);
        } catch (ProtocolException e) {
            result.completeExceptionally(e);
            sweepSoon();
        }
    }

    /** As {@link #withLog}, for a log that is in memory. Returns null if it is not. */
    <T> CompletionStage<T> withLogInMemory(RoomName room, Function<LocalLog, T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        LocalLog found = logs.computeIfPresent(room, (name, log) -> {
            apply(action, log, result);
            return discardIfUnused(name, log);
        });
        return found == null && !result.isDone() ? null : result;
    }

    /**
     * As {@link #withLog}. If the log is not in memory, it begins as the archive has it.
     *
     * @return null if the log is not in memory, and a log of it was discarded since the archive was asked: what it said may
     *     be old
     */
    <T> CompletionStage<T> withArchivedLog(RoomName room, ArchivedLog archived, Function<LocalLog, T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        logs.compute(room, (name, existing) -> {
            if (existing == null && discardedLogs(name) != archived.discarded()) {
                return null;
            }
            LocalLog log = existing == null ? LocalLog.archived(archived, limits.of(name), budget) : existing;
            apply(action, log, result);
            return discardIfUnused(name, log);
        });
        return result.isDone() ? result : null;
    }

    /** A message without an offset. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Draft(KeyDigest key, byte[] body) {}

    /** Whether the log is in memory. */
    boolean has(RoomName room) {
        return logs.containsKey(room);
    }

    /** The numbering of a log in memory, without its messages and keys; null if the log is not in memory. */
    ArchivedLog numbering(RoomName room) {
        ArchivedLog[] found = {null};
        logs.computeIfPresent(room, (name, log) -> {
            Position last = log.position();
            found[0] = new ArchivedLog(last.epoch(), last.offset(), List.of(), List.of(), discardedLogs(name));
            return log;
        });
        return found[0];
    }

    /**
     * The position of the message with this key, if the log in memory has seen the key; else null.
     *
     * @param key may be null
     * @param keys number of keys that the room has to remember already, if its log is not in memory
     * @throws ProtocolException {@code busy} if there is no space for the message
     */
    Position findOrAdmit(RoomName room, KeyDigest key, int keys) {
        Position[] found = {null};
        try {
            LocalLog inMemory = logs.computeIfPresent(room, (name, log) -> {
                found[0] = log.find(key, clock.millis());
                if (found[0] == null) {
                    log.requireSpaceFor(key);
                }
                return log;
            });
            // Without a key, the log needs no space: what does not fit is discarded, since the archive has it.
            if (inMemory == null && key != null) {
                LocalLog.requireSpaceToBegin(budget, keys + 1);
            }
        } catch (ProtocolException e) {
            sweepSoon();
            throw e;
        }
        return found[0];
    }

    /**
     * Appends messages that the archive has stored, and delivers them. Those that the log has already are left out.
     *
     * @param before what the archive had before them
     * @param first offset of the first of them
     */
    void takeOver(RoomName room, ArchivedLog before, long first, List<Draft> stored) {
        logs.compute(room, (name, existing) -> {
            LocalLog log = existing == null ? LocalLog.archived(before, limits.of(name), budget) : existing;
            long skipped = log.position().offset() + 1 - first;
            for (Draft next : stored.subList((int) Math.min(skipped, stored.size()), stored.size())) {
                StoredMessage message = log.add(next.key(), next.body(), clock.millis());
                if (log.subscribed) {
                    listener.deliver(name, message);
                }
            }
            return discardIfUnused(name, log);
        });
    }

    @Override
    public CompletionStage<Void> replace(RoomName room, String epoch, List<StoredMessage> messages) {
        logs.compute(room, (name, log) -> {
            if (log == null) {
                // Whoever loads the log now may have read the old bodies, and has to read again.
                discardedLogs.count(name);
            } else {
                log.replace(epoch, messages);
            }
            return log;
        });
        return CompletableFuture.completedFuture(null);
    }

    /** Forgets the log, because the archive has got more. Who is subscribed is told the last position there. */
    void moveOn(RoomName room, Position last) {
        logs.compute(room, (name, log) -> {
            discardedLogs.count(name);
            if (log != null) {
                log.release();
            }
            if (log == null || !log.subscribed) {
                return null;
            }
            listener.reset(name, last);
            ArchivedLog archived = new ArchivedLog(last.epoch(), last.offset(), List.of(), List.of(), 0);
            return LocalLog.archived(archived, limits.of(name), budget).subscribed(true);
        });
    }

    /** Another number if a log of the room was discarded that had changed in memory. */
    long discardedLogs(RoomName room) {
        return discardedLogs.of(room);
    }

    /** The epoch of a room of which the archive has nothing. */
    String firstEpoch(RoomName room) {
        Epochs known = archivedEpochs;
        if (known == null) {
            // Nothing counts in them. So it does not matter whose is kept.
            known = new Epochs(salt.get());
            archivedEpochs = known;
        }
        return known.of(room);
    }

    /** @return the log; or null if the log was discarded, which removes the log from the map */
    private LocalLog discardIfUnused(RoomName room, LocalLog log) {
        if (log.isUnused(clock.millis())) {
            log.release();
            if (log.isChanged) {
                discardedLogs.count(room);
            }
            if (log.hasHadMessages() && !log.isArchived()) {
                epochs.countDiscardedLog(room);
            }
            return null;
        }
        return log;
    }

    /** Now, by the clock of this relay, in milliseconds. */
    long now() {
        return clock.millis();
    }

    /** Bytes of heap, approximately, that all rooms hold. */
    long heldBytes() {
        return budget.heldBytes();
    }

    /** So that the next try, after a refusal for want of space, finds what can be freed. */
    private void sweepSoon() {
        if (sweepDue.compareAndSet(false, true)) {
            try {
                var unused = timer.schedule(this::sweep, EARLY_SWEEP_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // The node stops.
            }
        }
    }

    /** Removes old messages and keys, evicts messages if memory is tight, and discards idle logs. */
    void sweep() {
        sweepDue.set(false);
        for (RoomName room : logs.keySet()) {
            logs.computeIfPresent(room, (name, log) -> {
                log.expire(clock.millis());
                log.evictIfUnsubscribed();
                return discardIfUnused(name, log);
            });
        }
    }
}
