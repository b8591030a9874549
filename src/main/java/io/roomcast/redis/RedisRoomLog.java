package io.roomcast.redis;

import io.roomcast.cursor.GapRepair;
import io.roomcast.cursor.LogPage;
import io.roomcast.cursor.RoomLog;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.Futures;
import io.roomcast.relay.Relay;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;

/**
 * The logs of the rooms in Redis, for the cursors. The reads of all rooms of a server share one pipeline. So a thousand
 * reads after a reconnect take only a few round trips.
 */
record RedisRoomLog(Shards shards, Scripts scripts, Function<RoomName, RoomKeys> keys, AbsentRooms absentRooms)
        implements RoomLog {

    @Override
    public CompletionStage<LogPage> read(RoomName room, Position last) {
        return absentRooms.read(room, () -> readOnce(room, last));
    }

    /** Completes with null if the room has no numbering. */
    private CompletionStage<LogPage> readOnce(RoomName room, Position last) {
        RoomKeys roomKeys = keys.apply(room);
        Shard shard = shards.of(roomKeys.slot());
        Rawable lineage = shard.lineage().argument();
        CommandArguments read = last == null
                ? scripts.readBefore(roomKeys, null, lineage, 0, 1, Relay.PAGE_BYTES)
                : scripts.readFrom(roomKeys, last, lineage, GapRepair.PAGE_MESSAGES, Relay.PAGE_BYTES);
        return Futures.map(shard.read(roomKeys.slot(), read, false), LogReply::page);
    }

    @Override
    public CompletionStage<Object> renumber(RoomName room, Position last) {
        RoomKeys roomKeys = keys.apply(room);
        Shard shard = shards.of(roomKeys.slot());
        return shard.read(
                roomKeys.slot(),
                scripts.renumber(roomKeys, last, shard.lineage().argument()),
                false);
    }
}
