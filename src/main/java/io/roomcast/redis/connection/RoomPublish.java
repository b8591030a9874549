package io.roomcast.redis.connection;

import io.roomcast.protocol.Position;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import java.util.List;
import redis.clients.jedis.args.Rawable;

/**
 * Messages of one room that are to be stored and published, in this order.
 *
 * @param head what the calls of publish.lua have for all rooms
 * @param nodePosition this node's position in the room, or null
 * @param entries at least one
 */
public record RoomPublish(Head head, RoomKeys keys, Position nodePosition, List<Relay.Entry> entries) {
    private static final int BYTES_OF_A_ROOM = 200;
    private static final int BYTES_OF_A_MESSAGE = 64;

    /**
     * What a call of publish.lua has once. Only publishes with an equal head can be in one call.
     *
     * @param slot hash slot of the keys in a Cluster, which refuses a call with keys of two slots; otherwise -1
     * @param lineage lineage of the server's data: see {@code DataLineage}
     * @param run run of the server: see {@link RedisConnection#serverRun()}
     * @param history limits of the room's history
     * @param admission what admits the node: see publish.lua
     */
    record Head(Script script, int slot, Rawable lineage, Rawable run, HistoryLimits history, Rawable admission) {}

    /** Approximate size on the wire. */
    int bytes() {
        int bytes = BYTES_OF_A_ROOM;
        for (Relay.Entry entry : entries) {
            bytes += entry.body().length + BYTES_OF_A_MESSAGE;
            bytes +=
                    entry.key() == null ? 0 : entry.key().length() + keys.base().length();
        }
        return bytes;
    }
}
