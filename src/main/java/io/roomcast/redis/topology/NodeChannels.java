package io.roomcast.redis.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.redis.connection.Envelope;
import io.roomcast.redis.connection.RedisConnection;
import io.roomcast.redis.connection.RoomKeys;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;

/**
 * Names the channels that only one node subscribes to, one channel at each server. A name has the form of a room's
 * channel, so that the same permissions suffice. But no room can have this name. The name contains the version of the
 * protocol between nodes, so that nodes can find nodes of other versions.
 *
 * @param sharded whether the servers are a Cluster
 */
public record NodeChannels(String prefix, int database, String node, boolean sharded) {
    private static final int MAX_TAGS = 100 * SlotMap.SLOTS;

    /** A new channel in one of a server's hash slots. Tries tags until the name is in one of {@code slots}. */
    public String newChannel(BitSet slots) {
        String head = versionPrefix(String.valueOf(Envelope.VERSION)) + UUID.randomUUID() + ":";
        for (int tag = 0; tag < MAX_TAGS; tag++) {
            String name = head + tag + "}:" + node;
            if (slots.isEmpty() || slots.get(RoomKeys.slotOf(name))) {
                return name;
            }
        }
        return head + "}:" + node; // The server will refuse this channel, and is then abandoned.
    }

    private String versionPrefix(String version) {
        return prefix + ":{!" + version + ":db" + database + ":";
    }

    /** The command that lists the channels of all nodes that speak this version, at the server that carries it out. */
    public CommandArguments listCommand() {
        return list(escaped(versionPrefix(String.valueOf(Envelope.VERSION))) + "*");
    }

    /** The name of the node whose channel this is. */
    public static String nodeOf(String channel) {
        return channel.substring(channel.indexOf("}:") + 2);
    }

    /** The channels of nodes that speak another version and are subscribed at this server. */
    List<String> ofOtherVersions(RedisConnection connection) {
        String ownPrefix = versionPrefix(String.valueOf(Envelope.VERSION));
        // Channels of versions before 2 contain neither the version nor the database.
        String oldPattern = sharded ? escaped(prefix) + ":{*}:node:*" : escaped(prefix) + ":node:*";
        return Stream.of(escaped(prefix) + ":{!*:db" + database + ":*", oldPattern)
                .flatMap(pattern -> matching(connection, pattern).stream())
                .filter(name -> !name.startsWith(ownPrefix))
                .toList();
    }

    private List<String> matching(RedisConnection connection, String pattern) {
        connection.write(list(pattern));
        connection.flush();
        return ((List<?>) connection.read())
                .stream().map(name -> new String((byte[]) name, UTF_8)).toList();
    }

    private CommandArguments list(String pattern) {
        return new CommandArguments(Protocol.Command.PUBSUB)
                .add(sharded ? "SHARDCHANNELS" : "CHANNELS")
                .add(pattern);
    }

    /** Escapes the characters that have a meaning in a pattern of Redis. */
    private static String escaped(String text) {
        return text.replaceAll("[*?\\[\\]\\\\^]", "\\\\$0");
    }
}
