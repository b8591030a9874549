package io.roomcast.local;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
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
    private final Epochs epochs = new Epochs();
    private final HistoryLimits.Rule limits;
    private final HistoryBudget budget;
    private final InstantSource clock;
    private final ScheduledExecutorService timer;
    private final ScheduledFuture<?> sweepTask;
    /** Whether a sweep is due soon, because there was no space. */
    private final AtomicBoolean sweepDue = new AtomicBoolean();

    private volatile RelayListener listener;

    /**
     * @param limits asked once for each log, when it begins
     * @param maxBytes approximate limit of the heap that all rooms hold together
     * @param timer runs the removal of old messages and keys, every 10 seconds and after a refusal for want of space
     */
    public LocalRelay(HistoryLimits.Rule limits, long maxBytes, InstantSource clock, ScheduledExecutorService timer) {
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

    private static KeyDigest digest(String key) {
        return key == null ? null : KeyDigest.of(key);
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
        return withLog(room, log -> {
            log.requireSpaceToBegin();
            log.subscribed = true;
            return log.provablePosition();
        });
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
    private <T> CompletionStage<T> withLog(RoomName room, Function<LocalLog, T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        logs.compute(room, (name, existing) -> {
            LocalLog log = existing == null ? new LocalLog(epochs.of(name), limits.of(name), budget) : existing;
            try {
                T value = action.apply(log);
                log.updateBudget();
                result.complete(value);
            } catch (ProtocolException e) {
                result.completeExceptionally(e);
                sweepSoon();
            }
            return discardIfUnused(name, log);
        });
        return result;
    }

    /** @return the log; or null if the log was discarded, which removes the log from the map */
    private LocalLog discardIfUnused(RoomName room, LocalLog log) {
        if (log.isUnused(clock.millis())) {
            log.release();
            if (log.hasHadMessages()) {
                epochs.countDiscardedLog(room);
            }
            return null;
        }
        return log;
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
