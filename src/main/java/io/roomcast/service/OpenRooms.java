package io.roomcast.service;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.room.RoomSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Subscribes a room to its messages and to its presence. A room can be joined when both subscriptions are active. So a
 * member receives every event after its join. A read for a member that was told that nothing is missing is repeated for
 * some seconds if it fails: a broker is often back by then, and the member would be told of a loss that is none. Any
 * thread; no method blocks.
 */
final class OpenRooms implements RoomSource {
    private static final long PAUSE_MILLIS = 500;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Relay relay;
    private final PresenceStore presence;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    /** Rooms that are subscribed, and rooms whose subscription is pending. */
    private final ConcurrentMap<RoomName, CompletableFuture<Position>> subscriptions = new ConcurrentHashMap<>();

    OpenRooms(Relay relay, PresenceStore presence, ScheduledExecutorService timer, LongSupplier nanoClock) {
        this.relay = relay;
        this.presence = presence;
        this.timer = timer;
        this.nanoClock = nanoClock;
    }

    @Override
    public CompletionStage<Position> subscribe(RoomName room) {
        CompletableFuture<Position> both = new CompletableFuture<>();
        subscriptions.put(room, both);
        CompletionStage<Void> watch = presence.watch(room);
        relay.subscribe(room).whenComplete((position, failure) -> {
            if (failure != null) {
                fail(room, both, failure);
                return;
            }
            watch.whenComplete((none, watchFailure) -> {
                if (watchFailure != null) {
                    fail(room, both, watchFailure);
                } else {
                    both.complete(position);
                }
            });
        });
        return both;
    }

    private void fail(RoomName room, CompletableFuture<Position> both, Throwable failure) {
        if (subscriptions.remove(room, both)) {
            end(room);
        }
        both.completeExceptionally(failure);
    }

    @Override
    public void unsubscribe(RoomName room) {
        if (subscriptions.remove(room) != null) {
            end(room);
        }
    }

    private void end(RoomName room) {
        presence.unwatch(room);
        relay.unsubscribe(room);
    }

    @Override
    public CompletionStage<Position> position(RoomName room) {
        return relay.position(room);
    }

    @Override
    public CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit) {
        return relay.historyAfter(room, offset, limit);
    }

    @Override
    public CompletionStage<HistoryPage> promisedHistoryAfter(RoomName room, long offset, int limit) {
        CompletableFuture<HistoryPage> result = new CompletableFuture<>();
        read(() -> relay.historyAfter(room, offset, limit), nanoClock.getAsLong(), result);
        return result;
    }

    private void read(Supplier<CompletionStage<HistoryPage>> read, long since, CompletableFuture<HistoryPage> result) {
        read.get().whenComplete((found, failure) -> {
            if (failure == null) {
                result.complete(found);
            } else if (nanoClock.getAsLong() - since > PATIENCE_NANOS || !isUnavailable(failure)) {
                result.completeExceptionally(failure);
            } else {
                try {
                    var unused = timer.schedule(() -> read(read, since, result), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                } catch (RejectedExecutionException e) {
                    result.completeExceptionally(failure); // The node stops.
                }
            }
        });
    }

    private static boolean isUnavailable(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RelayUnavailableException;
    }
}
