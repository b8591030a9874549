package io.roomcast.service;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.room.RoomSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Subscribes a room to its messages and to its presence. A room can be joined when both subscriptions are active. So a
 * member receives every event after its join. Any thread; no method blocks.
 */
final class OpenRooms implements RoomSource {
    private final Relay relay;
    private final PresenceStore presence;
    /** Rooms that are subscribed, and rooms whose subscription is pending. */
    private final ConcurrentMap<RoomName, CompletableFuture<Position>> subscriptions = new ConcurrentHashMap<>();

    OpenRooms(Relay relay, PresenceStore presence) {
        this.relay = relay;
        this.presence = presence;
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
}
