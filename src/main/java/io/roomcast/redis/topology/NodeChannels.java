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
 * Names the channels that one node alone listens to, one channel at each server. A name has the form of a room's
 * channel, so that the same permissions suffice, but no room can have this name. The name contains the version of the
 * protocol between nodes, so that nodes of other versions are found.
 *
 * @param sharded whether the servers are a Cluster
 */
public record NodeChannels(String prefix, int database, String node, boolean sharded) {
    private static final int MAX_TAGS = 100 * SlotMap.SLOTS;

    /** A new channel in one of a server's hash slots. Tries tags until the name is in one of {@code slots}. */
    public String next(BitSet slots) {
        String head = head(String.valueOf(Envelope.VERSION)) + UUID.randomUUID() + ":";
        for (int tag = 0; tag < MAX_TAGS; tag++) {
            String name = head + tag + "}:" + node;
            if (slots.isEmpty() || slots.get(RoomKeys.slotOf(name))) {
                return name;
            }
        }
        return head + "}:" + node; // The server will refuse this channel, and is then abandoned.
    }

    private String head(String version) {
        return prefix + ":{!" + version + ":db" + database + ":";
    }

    /** The channels of nodes that speak another version and are subscribed at this server. */
    List<String> ofOtherVersions(RedisConnection connection) {
        String ownPrefix = head(String.valueOf(Envelope.VERSION));
        // Channels of versions before 2 contain neither the version nor the database.
        String unnamed = sharded ? literal(prefix) + ":{*}:node:*" : literal(prefix) + ":node:*";
        return Stream.of(literal(prefix) + ":{!*:db" + database + ":*", unnamed)
                .flatMap(pattern -> matching(connection, pattern).stream())
                .filter(name -> !name.startsWith(ownPrefix))
                .toList();
    }

    private List<String> matching(RedisConnection connection, String pattern) {
        connection.write(new CommandArguments(Protocol.Command.PUBSUB)
                .add(sharded ? "SHARDCHANNELS" : "CHANNELS")
                .add(pattern));
        connection.flush();
        return ((List<?>) connection.read())
                .stream().map(name -> new String((byte[]) name, UTF_8)).toList();
    }

    private static String literal(String text) {
        return text.replaceAll("[*?\\[\\]\\\\^]", "\\\\$0");
    }
}
