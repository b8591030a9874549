package io.roomcast.redis;

import io.roomcast.metrics.RelayMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.RelayListener;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The rooms that this node listens to, and their cursors.
 *
 * <p><b>Concurrency.</b> The map says what is wanted. Every change of it is followed, behind it on the reader's thread of the room's shard, by
 * a look at the map as it is then, which aligns the subscriber's channels with it. So it does not matter how calls, reconnects and moves of slots
 * interleave: the last look sees the last wish.
 */
final class Subscriptions {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ConcurrentHashMap<String, RoomCursor> cursors = new ConcurrentHashMap<>();
    private final Function<RoomName, RoomKeys> keys;
    private final RelayMetrics metrics;
    private Shards shards;
    private GapRepair repair;
    private volatile RelayListener listener;
    private volatile PresenceEvents presence = PresenceEvents.NONE;

    Subscriptions(Function<RoomName, RoomKeys> keys, RelayMetrics metrics) {
        this.keys = keys;
        this.metrics = metrics;
    }

    /** Before anything else. */
    void start(Shards servers, GapRepair gapRepair, RelayListener receiver) {
        shards = servers;
        repair = gapRepair;
        listener = receiver;
    }

    /** Names who watches rooms, too, and is told of what comes by their channels. */
    void start(PresenceEvents watcher) {
        presence = watcher;
    }

    /** A connection to a server was made again: what was on its way by the one before may come late, or never. */
    void renewed() {
        presence.renewed();
    }

    PresenceEvents presence() {
        return presence;
    }

    /** A room is watched from now on, or is not any more. */
    void look(RoomName room) {
        RoomKeys roomKeys = keys.apply(room);
        Shard shard = shards.of(roomKeys.slot());
        shard.run(() -> align(shard, room.value(), roomKeys));
    }

    CompletionStage<Position> subscribe(RoomName room) {
        RoomCursor cursor = new RoomCursor(room, keys.apply(room), listener, repair, metrics);
        RoomCursor earlier = cursors.put(room.value(), cursor);
        Shard shard = shardOf(cursor);
        if (earlier != null) {
            earlier.close("the room was subscribed again");
            note(earlier, shard);
        }
        shard.run(() -> align(shard, cursor.room().value(), cursor.keys()));
        if (shard.subscriber().isDown()) {
            refuse(cursor, "Redis cannot be reached");
        }
        return cursor.subscribed();
    }

    void unsubscribe(RoomName room) {
        RoomCursor cursor = cursors.remove(room.value());
        if (cursor != null) {
            giveUp(cursor, "the room was unsubscribed");
        }
    }

    void refuse(RoomCursor cursor, String why) {
        if (cursors.remove(cursor.room().value(), cursor)) {
            giveUp(cursor, why);
        }
    }

    private void giveUp(RoomCursor cursor, String why) {
        cursor.close(why);
        Shard shard = shardOf(cursor);
        note(cursor, shard);
        shard.run(() -> align(shard, cursor.room().value(), cursor.keys()));
    }

    private static void note(RoomCursor cursor, Shard shard) {
        Seen seen = cursor.seen();
        if (seen != null) {
            shard.witness().note(cursor.room(), seen);
        }
    }

    /** The cursor of a room that is subscribed, or null. */
    RoomCursor find(String room) {
        return cursors.get(room);
    }

    Collection<RoomCursor> all() {
        return cursors.values();
    }

    /** Where this node stands in a room, or null. */
    Position known(RoomName room) {
        RoomCursor cursor = cursors.get(room.value());
        return cursor == null ? null : cursor.known();
    }

    /** Whether it is this server's word on a room that counts. */
    boolean isInCharge(Shard shard, RoomCursor cursor) {
        return shardOf(cursor) == shard;
    }

    /** The rooms that a witness is to look after, and where they stand. */
    void forEach(Witness witness, BiConsumer<RoomName, Seen> action) {
        for (RoomCursor cursor : cursors.values()) {
            Seen seen = shardOf(cursor).witness() == witness ? cursor.seen() : null;
            if (seen != null) {
                action.accept(cursor.room(), seen);
            }
        }
    }

    /** Asks for every room of a shard in one go. */
    void alignAll(Shard shard) {
        shard.run(() -> {
            for (RoomCursor cursor : cursors.values()) {
                if (shardOf(cursor) == shard) {
                    alignOne(shard, cursor.room().value(), cursor.keys());
                }
            }
            for (RoomName room : presence.watched()) {
                RoomKeys roomKeys = keys.apply(room);
                if (shards.of(roomKeys.slot()) == shard) {
                    alignOne(shard, room.value(), roomKeys);
                }
            }
            shard.subscriber().flush();
        });
    }

    private void align(Shard shard, String room, RoomKeys roomKeys) {
        alignOne(shard, room, roomKeys);
        shard.subscriber().flush();
    }

    private void alignOne(Shard shard, String room, RoomKeys roomKeys) {
        RoomCursor cursor = cursors.get(room);
        boolean wanted = (cursor != null || presence.isWatched(room)) && shards.of(roomKeys.slot()) == shard;
        if (shard.subscriber().align(room, roomKeys.channel(), wanted) && wanted) {
            if (cursor != null) {
                cursor.confirmed(false, shard);
            }
            presence.subscribed(room, false);
        }
    }

    /** Fails what has waited for a shard in vain. */
    void unreachable(Shard shard, String why) {
        for (RoomCursor cursor : cursors.values()) {
            if (cursor.known() == null && shardOf(cursor) == shard) {
                refuse(cursor, why);
            }
        }
    }

    /** To be called now and then: fails what has waited too long, and keeps quiet rooms alive. */
    void watch() {
        long now = System.nanoTime();
        for (RoomCursor cursor : cursors.values()) {
            if (cursor.known() == null && now - cursor.since() > PATIENCE_NANOS) {
                refuse(cursor, "Redis takes too long");
            }
            cursor.renew(now);
        }
    }

    void close() {
        cursors.values().forEach(cursor -> cursor.close("the node is stopping"));
        cursors.clear();
    }

    private Shard shardOf(RoomCursor cursor) {
        return shards.of(cursor.keys().slot());
    }
}
