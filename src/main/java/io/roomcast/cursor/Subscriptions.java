package io.roomcast.cursor;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.topology.DataLineage;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.RelayListener;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The rooms that this node listens to, and their cursors.
 *
 * <p><b>Concurrency.</b> Any thread may call. The map {@code cursors} holds the rooms that are to be subscribed. After
 * each change, a task on the reader's thread of the room's shard compares the map with the subscribed channels, and
 * subscribes or unsubscribes. The task reads the map when it runs. So calls, reconnects and moves of hash slots may
 * come in any order, since the last task sees the last state of the map.
 */
final class Subscriptions implements RoomChannels {
    private static final long SUBSCRIBE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The cursors, by the names of their rooms. */
    private final ConcurrentHashMap<String, RoomCursor> cursors = new ConcurrentHashMap<>();

    private final Function<RoomName, RoomKeys> keys;
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;
    private Shards shards;
    private GapRepair gapRepair;
    private volatile RelayListener listener;
    private volatile PresenceEvents presence = PresenceEvents.NONE;

    /**
     * @param keys the keys of a room
     * @param nanoClock as {@link System#nanoTime}
     */
    Subscriptions(Function<RoomName, RoomKeys> keys, NodeMetrics metrics, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.keys = keys;
        this.metrics = metrics;
    }

    /** Sets the parts that are made after this object. Must be called before any other method. */
    void start(Shards servers, GapRepair reader, RelayListener receiver) {
        shards = servers;
        gapRepair = reader;
        listener = receiver;
    }

    /** Sets the presence of this node. The channels of the rooms that presence watches are also subscribed. */
    @Override
    public void setPresence(PresenceEvents events) {
        presence = events;
    }

    /** Reports a new connection for commands. Commands of the earlier connection may be carried out late, or never. */
    void reconnected() {
        presence.reconnected();
    }

    PresenceEvents presence() {
        return presence;
    }

    /** Subscribes or unsubscribes the room, if presence is the only user of its channel. */
    @Override
    public void watchChanged(RoomName room) {
        RoomKeys roomKeys = keys.apply(room);
        Shard shard = shards.of(roomKeys.slot());
        shard.runOnReader(() -> updateSubscription(shard, room.value(), roomKeys));
    }

    CompletionStage<Position> subscribe(RoomName room) {
        RoomCursor cursor = new RoomCursor(room, keys.apply(room), listener, gapRepair, metrics, nanoClock);
        RoomCursor earlier = cursors.put(room.value(), cursor);
        Shard shard = shardOf(cursor);
        if (earlier != null) {
            earlier.close("the room was subscribed again");
            noteLastSeen(earlier, shard);
        }
        shard.runOnReader(() -> updateSubscription(shard, cursor.room().value(), cursor.keys()));
        if (shard.subscriber().isDown()) {
            fail(cursor, "Redis cannot be reached");
        }
        return cursor.subscribed();
    }

    void unsubscribe(RoomName room) {
        RoomCursor cursor = cursors.remove(room.value());
        if (cursor != null) {
            endCursor(cursor, "the room was unsubscribed");
        }
    }

    void fail(RoomCursor cursor, String why) {
        if (cursors.remove(cursor.room().value(), cursor)) {
            endCursor(cursor, why);
        }
    }

    private void endCursor(RoomCursor cursor, String why) {
        cursor.close(why);
        Shard shard = shardOf(cursor);
        noteLastSeen(cursor, shard);
        shard.runOnReader(() -> updateSubscription(shard, cursor.room().value(), cursor.keys()));
    }

    /** Passes the last message that the cursor has seen to the lineage, which remembers it. */
    private static void noteLastSeen(RoomCursor cursor, Shard shard) {
        SeenMessage seen = cursor.lastSeen();
        if (seen != null) {
            shard.lineage().note(cursor.room(), seen);
        }
    }

    /** The cursor of a room, or null if the room is not subscribed. */
    RoomCursor find(String room) {
        return cursors.get(room);
    }

    /** This node's position in a room, or null if this node is not subscribed or has no position yet. */
    Position position(RoomName room) {
        RoomCursor cursor = cursors.get(room.value());
        return cursor == null ? null : cursor.position();
    }

    /** Whether the room of the cursor belongs to this shard. Another shard may be that of a former master. */
    boolean isServing(Shard shard, RoomCursor cursor) {
        return shardOf(cursor) == shard;
    }

    /** Calls the action for each subscribed room of the lineage, with the last message that this node has seen. */
    void forEachSeen(DataLineage lineage, BiConsumer<RoomName, SeenMessage> action) {
        for (RoomCursor cursor : cursors.values()) {
            SeenMessage seen = shardOf(cursor).lineage() == lineage ? cursor.lastSeen() : null;
            if (seen != null) {
                action.accept(cursor.room(), seen);
            }
        }
    }

    /** Compares all rooms of a shard with its subscribed channels in one task, and subscribes what is missing. */
    void updateSubscriptions(Shard shard) {
        shard.runOnReader(() -> {
            for (RoomCursor cursor : cursors.values()) {
                if (shardOf(cursor) == shard) {
                    writeSubscription(shard, cursor.room().value(), cursor.keys());
                }
            }
            for (RoomName room : presence.watched()) {
                RoomKeys roomKeys = keys.apply(room);
                if (shards.of(roomKeys.slot()) == shard) {
                    writeSubscription(shard, room.value(), roomKeys);
                }
            }
            shard.subscriber().flush();
        });
    }

    /** Subscribes or unsubscribes the room. Runs on the reader's thread of the shard. */
    private void updateSubscription(Shard shard, String room, RoomKeys roomKeys) {
        writeSubscription(shard, room, roomKeys);
        shard.subscriber().flush();
    }

    /** Writes the command that subscribes or unsubscribes the room, if one is needed. The caller flushes. */
    private void writeSubscription(Shard shard, String room, RoomKeys roomKeys) {
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

    /** Fails the subscriptions that wait for a shard, which cannot be reached. */
    void unreachable(Shard shard, String why) {
        for (RoomCursor cursor : cursors.values()) {
            if (cursor.position() == null && shardOf(cursor) == shard) {
                fail(cursor, why);
            }
        }
    }

    /** Fails subscriptions that take too long, and reads rooms without new messages. To be called regularly. */
    void checkCursors() {
        long now = nanoClock.getAsLong();
        for (RoomCursor cursor : cursors.values()) {
            if (cursor.position() == null && now - cursor.createdAtNanos() > SUBSCRIBE_TIMEOUT_NANOS) {
                fail(cursor, "Redis takes too long");
            }
            cursor.readIfQuiet(now);
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
