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
 * The channels that nodes listen to alone, one at each server. It is named like a room's, so that who may use rooms may use it, but no room
 * has such a name; and it says which version the node speaks: so nodes of another version are seen wherever they are connected.
 *
 * @param sharded whether the servers are a Cluster
 */
public record NodeChannels(String prefix, int database, String node, boolean sharded) {
    private static final int TRIES = 100 * SlotMap.SLOTS;

    /** A new one, in one of a server's {@code slots}: by trying tags until one fits. */
    public String next(BitSet slots) {
        String head = family(String.valueOf(Envelope.VERSION)) + UUID.randomUUID() + ":";
        for (int tag = 0; tag < TRIES; tag++) {
            String name = head + tag + "}:" + node;
            if (slots.isEmpty() || slots.get(RoomKeys.slotOf(name))) {
                return name;
            }
        }
        return head + "}:" + node; // The server will refuse it, and be left.
    }

    private String family(String version) {
        return prefix + ":{!" + version + ":db" + database + ":";
    }

    /** Those of nodes that speak another version, as far as they are connected to the server behind {@code link}. */
    List<String> foreign(RedisConnection link) {
        String own = family(String.valueOf(Envelope.VERSION));
        // Versions before 2 did not say it, nor the database.
        String unnamed = sharded ? literal(prefix) + ":{*}:node:*" : literal(prefix) + ":node:*";
        return Stream.of(literal(prefix) + ":{!*:db" + database + ":*", unnamed)
                .flatMap(pattern -> matching(link, pattern).stream())
                .filter(name -> !name.startsWith(own))
                .toList();
    }

    private List<String> matching(RedisConnection link, String pattern) {
        link.write(new CommandArguments(Protocol.Command.PUBSUB)
                .add(sharded ? "SHARDCHANNELS" : "CHANNELS")
                .add(pattern));
        link.flush();
        return ((List<?>) link.read())
                .stream().map(name -> new String((byte[]) name, UTF_8)).toList();
    }

    private static String literal(String text) {
        return text.replaceAll("[*?\\[\\]\\\\^]", "\\\\$0");
    }
}
