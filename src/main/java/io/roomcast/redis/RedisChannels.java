package io.roomcast.redis;

import io.roomcast.cursor.RoomCursor;
import io.roomcast.cursor.SeenMessage;
import io.roomcast.cursor.Subscriptions;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.topology.DataLineage;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The channels of the rooms at the servers of Redis. Any thread may call. The subscriptions of a shard change on its
 * reader's thread only.
 */
final class RedisChannels implements Subscriptions.Channels {
    private final Subscriptions subscriptions;
    private final Function<RoomName, RoomKeys> keys;
    private Shards shards;

    /** @param keys the keys of a room */
    RedisChannels(Subscriptions subscriptions, Function<RoomName, RoomKeys> keys) {
        this.subscriptions = subscriptions;
        this.keys = keys;
    }

    /** Sets the servers, which are made after this object. Must be called before any other method. */
    void start(Shards servers) {
        shards = servers;
    }

    /** The rooms that are subscribed, and what arrives for them. */
    Subscriptions subscriptions() {
        return subscriptions;
    }

    @Override
    public void update(RoomName room) {
        RoomKeys roomKeys = keys.apply(room);
        Shard shard = shards.of(roomKeys.slot());
        shard.runOnReader(() -> {
            writeSubscription(shard, room.value(), roomKeys);
            shard.subscriber().flush();
        });
    }

    @Override
    public boolean isDown(RoomName room) {
        return shardOf(room).subscriber().isDown();
    }

    /** Passes the last message that the cursor has seen to the lineage, which remembers it. */
    @Override
    public void ended(RoomCursor cursor) {
        SeenMessage seen = cursor.lastSeen();
        if (seen != null) {
            shardOf(cursor.room()).lineage().note(cursor.room(), seen);
        }
    }

    /** Whether the room belongs to this shard. Another shard may be that of a former master. */
    boolean isServing(Shard shard, RoomName room) {
        return shardOf(room) == shard;
    }

    /** Calls the action for each subscribed room of the lineage, with the last message that this node has seen. */
    void forEachSeen(DataLineage lineage, BiConsumer<RoomName, SeenMessage> action) {
        for (RoomCursor cursor : subscriptions.cursors()) {
            SeenMessage seen = shardOf(cursor.room()).lineage() == lineage ? cursor.lastSeen() : null;
            if (seen != null) {
                action.accept(cursor.room(), seen);
            }
        }
    }

    /** Compares all rooms of a shard with its subscribed channels in one task, and subscribes what is missing. */
    void updateAll(Shard shard) {
        shard.runOnReader(() -> {
            for (RoomCursor cursor : subscriptions.cursors()) {
                writeIfServing(shard, cursor.room());
            }
            for (RoomName room : subscriptions.presence().watched()) {
                writeIfServing(shard, room);
            }
            shard.subscriber().flush();
        });
    }

    private void writeIfServing(Shard shard, RoomName room) {
        RoomKeys roomKeys = keys.apply(room);
        if (shards.of(roomKeys.slot()) == shard) {
            writeSubscription(shard, room.value(), roomKeys);
        }
    }

    /** Writes the command that subscribes or unsubscribes the room, if one is needed. The caller flushes. */
    private void writeSubscription(Shard shard, String room, RoomKeys roomKeys) {
        RoomCursor cursor = subscriptions.find(room);
        boolean wanted = subscriptions.isWanted(room) && shards.of(roomKeys.slot()) == shard;
        String run = shard.subscriber().setSubscribed(room, roomKeys.channel(), wanted);
        if (run != null) {
            if (cursor != null) {
                cursor.channelSubscribed(false, run);
            }
            subscriptions.presence().subscribed(room, false);
        }
    }

    /** Fails the subscriptions that wait for a shard, which cannot be reached. */
    void unreachable(Shard shard, String why) {
        subscriptions.unreachable(room -> isServing(shard, room), why);
    }

    private Shard shardOf(RoomName room) {
        return shards.of(keys.apply(room).slot());
    }
}
