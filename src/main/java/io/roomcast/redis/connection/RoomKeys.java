package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.RoomName;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The names of a room's keys and channel in Redis. They all have the room's name as their hash tag, so that a Cluster
 * keeps them on one server. The name of a room holds no brace.
 *
 * @param slot of the keys in a Cluster
 * @param base the beginning of all keys
 */
public record RoomKeys(int slot, String base, String channelName) {

    /** The channel's name includes the database, since pub/sub has no databases. */
    public static RoomKeys of(RoomName room, String prefix, int database) {
        String base = prefix + ":{" + room.value() + "}";
        return new RoomKeys(
                JedisClusterCRC16.getSlot(room.value()), base, database == 0 ? base : base + ":db" + database);
    }

    public static int slotOf(String key) {
        return JedisClusterCRC16.getSlot(key);
    }

    public byte[] numbering() {
        return (base + ":numbering").getBytes(UTF_8);
    }

    public byte[] log() {
        return (base + ":log").getBytes(UTF_8);
    }

    public byte[] channel() {
        return channelName.getBytes(UTF_8);
    }

    /** Holds the position of the message that was published with the idempotency key {@code key}. */
    public byte[] memory(String key) {
        return (base + ":key:" + key).getBytes(UTF_8);
    }

    /** Holds the users in the room: see presence.lua. */
    public byte[] presence() {
        return (base + ":presence").getBytes(UTF_8);
    }

    /** The name of the room of a channel. */
    static String roomOf(byte[] channel) {
        String name = new String(channel, UTF_8);
        return name.substring(name.indexOf('{') + 1, name.indexOf('}'));
    }
}
