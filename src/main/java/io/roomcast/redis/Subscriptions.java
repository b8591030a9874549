package io.roomcast.redis;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.SeenMessage;
import io.roomcast.redis.presence.PresenceEvents;
import io.roomcast.redis.presence.RoomChannels;
import io.roomcast.redis.topology.DataLineage;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.RelayListener;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The rooms that this node listens to, and their cursors.
 *
 * <p><b>Concurrency.</b> The map holds the wanted subscriptions. After each change, a task on the reader's thread of
 * the room's shard compares the map with the subscribed channels, and subscribes or unsubscribes. The task reads the
 * map when it runs. So calls, reconnects and moves of slots may come in any order: the last task sees the last state of
 * the map.
 */
final class Subscriptions implements RoomChannels {
    private static final long SUBSCRIBE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ConcurrentHashMap<String, RoomCursor> cursors = new ConcurrentHashMap<>();
    private final Function<RoomName, RoomKeys> keys;
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;
    private Shards shards;
    private GapRepair repair;
    private volatile RelayListener listener;
    private volatile PresenceEvents presence = PresenceEvents.NONE;

    /** @param nanoClock as {@link System#nanoTime} */
    Subscriptions(Function<RoomName, RoomKeys> keys, NodeMetrics metrics, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.keys = keys;
        this.metrics = metrics;
    }

    /** To be called before anything else. */
    void start(Shards servers, GapRepair gapRepair, RelayListener receiver) {
        shards = servers;
        repair = gapRepair;
        listener = receiver;
    }

    /** Adds presence, which watches rooms, too, and receives what arrives on their channels. */
    @Override
    public void start(PresenceEvents watcher) {
        presence = watcher;
    }

    /** A connection for commands was made again: commands of the earlier one may be carried out late, or never. */
    void reconnected() {
        presence.reconnected();
    }

    PresenceEvents presence() {
        return presence;
    }

    /** Presence has begun or ended to watch the room. */
    @Override
    public void watchChanged(RoomName room) {
        RoomKeys roomKeys = keys.apply(room);
        Shard shard = shards.of(roomKeys.slot());
        shard.run(() -> resubscribe(shard, room.value(), roomKeys));
    }

    CompletionStage<Position> subscribe(RoomName room) {
        RoomCursor cursor = new RoomCursor(room, keys.apply(room), listener, repair, metrics, nanoClock);
        RoomCursor earlier = cursors.put(room.value(), cursor);
        Shard shard = shardOf(cursor);
        if (earlier != null) {
            earlier.close("the room was subscribed again");
            note(earlier, shard);
        }
        shard.run(() -> resubscribe(shard, cursor.room().value(), cursor.keys()));
        if (shard.subscriber().isDown()) {
            fail(cursor, "Redis cannot be reached");
        }
        return cursor.subscribed();
    }

    void unsubscribe(RoomName room) {
        RoomCursor cursor = cursors.remove(room.value());
        if (cursor != null) {
            end(cursor, "the room was unsubscribed");
        }
    }

    void fail(RoomCursor cursor, String why) {
        if (cursors.remove(cursor.room().value(), cursor)) {
            end(cursor, why);
        }
    }

    private void end(RoomCursor cursor, String why) {
        cursor.close(why);
        Shard shard = shardOf(cursor);
        note(cursor, shard);
        shard.run(() -> resubscribe(shard, cursor.room().value(), cursor.keys()));
    }

    private static void note(RoomCursor cursor, Shard shard) {
        SeenMessage seen = cursor.seen();
        if (seen != null) {
            shard.lineage().note(cursor.room(), seen);
        }
    }

    /** The cursor of a room that is subscribed, or null. */
    RoomCursor find(String room) {
        return cursors.get(room);
    }

    Collection<RoomCursor> all() {
        return cursors.values();
    }

    /** This node's position in a room, or null. */
    Position known(RoomName room) {
        RoomCursor cursor = cursors.get(room.value());
        return cursor == null ? null : cursor.known();
    }

    /** Whether the room of the cursor belongs to this server. Another server may be a former master. */
    boolean isInCharge(Shard shard, RoomCursor cursor) {
        return shardOf(cursor) == shard;
    }

    /** The open rooms of a server, and their last messages. */
    void forEach(DataLineage lineage, BiConsumer<RoomName, SeenMessage> action) {
        for (RoomCursor cursor : cursors.values()) {
            SeenMessage seen = shardOf(cursor).lineage() == lineage ? cursor.seen() : null;
            if (seen != null) {
                action.accept(cursor.room(), seen);
            }
        }
    }

    /** Subscribes all rooms of a shard in one task. */
    void resubscribeAll(Shard shard) {
        shard.run(() -> {
            for (RoomCursor cursor : cursors.values()) {
                if (shardOf(cursor) == shard) {
                    resubscribeOne(shard, cursor.room().value(), cursor.keys());
                }
            }
            for (RoomName room : presence.watched()) {
                RoomKeys roomKeys = keys.apply(room);
                if (shards.of(roomKeys.slot()) == shard) {
                    resubscribeOne(shard, room.value(), roomKeys);
                }
            }
            shard.subscriber().flush();
        });
    }

    private void resubscribe(Shard shard, String room, RoomKeys roomKeys) {
        resubscribeOne(shard, room, roomKeys);
        shard.subscriber().flush();
    }

    private void resubscribeOne(Shard shard, String room, RoomKeys roomKeys) {
        RoomCursor cursor = cursors.get(room);
        boolean wanted = (cursor != null || presence.isWatched(room)) && shards.of(roomKeys.slot()) == shard;
        String run = shard.subscriber().setSubscribed(room, roomKeys.channel(), wanted);
        if (run != null) {
            if (cursor != null) {
                cursor.channelSubscribed(false, run);
            }
            presence.subscribed(room, false);
        }
    }

    /** Fails the subscriptions that wait for a shard. */
    void unreachable(Shard shard, String why) {
        for (RoomCursor cursor : cursors.values()) {
            if (cursor.known() == null && shardOf(cursor) == shard) {
                fail(cursor, why);
            }
        }
    }

    /** Fails subscriptions that take too long, and keeps the numbering of quiet rooms. To be called regularly. */
    void watch() {
        long now = nanoClock.getAsLong();
        for (RoomCursor cursor : cursors.values()) {
            if (cursor.known() == null && now - cursor.createdAt() > SUBSCRIBE_TIMEOUT_NANOS) {
                fail(cursor, "Redis takes too long");
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
