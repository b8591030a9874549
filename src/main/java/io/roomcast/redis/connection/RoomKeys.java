package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.RoomName;
import io.roomcast.relay.HistoryLimits;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * A room as the scripts know it: the names of its keys and its channel in Redis, and the limits of its history. The
 * names all have the room's name as their hash tag, so that a Cluster keeps them on one server. The name of a room
 * holds no brace.
 *
 * @param slot hash slot of the keys: a Redis Cluster distributes keys over its masters by 16384 hash slots. Not used
 *     without a Cluster.
 * @param base prefix of the names of all keys
 * @param channelName name of the room's channel
 * @param history limits of the room's history on this node
 */
public record RoomKeys(int slot, String base, String channelName, HistoryLimits history) {

    /** The names for a room. The channel's name contains the database's number, since pub/sub ignores databases. */
    public static RoomKeys of(RoomName room, String prefix, int database, HistoryLimits history) {
        String base = prefix + ":{" + room.value() + "}";
        return new RoomKeys(
                JedisClusterCRC16.getSlot(room.value()), base, database == 0 ? base : base + ":db" + database, history);
    }

    /** The hash slot of a key or a channel. */
    public static int slotOf(String key) {
        return JedisClusterCRC16.getSlot(key);
    }

    /** Key of the room's epoch and last offset: see numbering.lua. */
    public byte[] numbering() {
        return (base + ":numbering").getBytes(UTF_8);
    }

    /** Key of the room's messages: see numbering.lua. */
    public byte[] log() {
        return (base + ":log").getBytes(UTF_8);
    }

    /** Key of a copy of the log in which somebody replaces messages: see replace.lua. */
    public byte[] copy(String whose) {
        return (base + ":copy:" + whose).getBytes(UTF_8);
    }

    public byte[] channel() {
        return channelName.getBytes(UTF_8);
    }

    /** Key of the position of the message that was published with the idempotency key {@code key}. */
    public byte[] idempotencyKey(String key) {
        return (base + ":key:" + key).getBytes(UTF_8);
    }

    /** Key of the users in the room: see presence.lua. */
    public byte[] presence() {
        return (base + ":presence").getBytes(UTF_8);
    }

    /** Key of what is shown for the users in the room: see presence.lua. */
    public byte[] names() {
        return (base + ":names").getBytes(UTF_8);
    }

    /** The name of the room that the channel belongs to. */
    static String roomOf(byte[] channel) {
        String name = new String(channel, UTF_8);
        return name.substring(name.indexOf('{') + 1, name.indexOf('}'));
    }
}
