package io.roomcast.redis.topology;

import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Scripts;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A {@link Witness} for each server; in a Cluster, one that outlives the server when a replica takes its place. Any thread. */
public final class Witnesses {
    private final ConcurrentHashMap<String, Witness> byKey = new ConcurrentHashMap<>();
    private final String node;
    private final NodeChannels channels;
    private final Scripts scripts;
    private final Witness.OpenRooms open;
    private final Function<RoomName, RoomKeys> keys;

    /** @param node its name; each start is another witness */
    public Witnesses(
            String node,
            NodeChannels channels,
            Scripts scripts,
            Witness.OpenRooms open,
            Function<RoomName, RoomKeys> keys) {
        this.node = node + ":" + UUID.randomUUID();
        this.channels = channels;
        this.scripts = scripts;
        this.open = open;
        this.keys = keys;
    }

    /** @param key of the hash that {@code life.lua} keeps */
    public Witness of(String key) {
        return byKey.computeIfAbsent(key, k -> new Witness(k, node, channels, scripts, open, keys));
    }
}
