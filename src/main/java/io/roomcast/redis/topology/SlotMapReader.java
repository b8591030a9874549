package io.roomcast.redis.topology;

import io.roomcast.redis.connection.Connector;
import io.roomcast.redis.connection.RedisConnection;
import io.roomcast.redis.connection.RedisSettings.Address;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Reads the slot map from a server of the Cluster. Tries first the servers in the last map, then those in the settings.
 * Not thread-safe.
 */
public final class SlotMapReader {
    private final List<HostAndPort> seeds;
    private final Connector connector;
    private List<HostAndPort> masters = List.of();
    /** Counts the reads. Each read asks another server first, since a server may be cut off from the others. */
    private int reads;

    public SlotMapReader(List<Address> seeds, Connector connector) {
        this.seeds = seeds.stream()
                .map(seed -> new HostAndPort(seed.host(), seed.port()))
                .toList();
        this.connector = connector;
    }

    /** @throws JedisException if no server replies */
    SlotMap read() {
        JedisException last = new JedisConnectionException("no server of the Cluster is configured");
        for (HostAndPort server : servers()) {
            try {
                SlotMap map = ask(server);
                masters = List.copyOf(map.masters().keySet());
                return map;
            } catch (JedisException e) {
                last = e;
            }
        }
        throw last;
    }

    private Set<HostAndPort> servers() {
        Set<HostAndPort> servers = new LinkedHashSet<>();
        for (int i = 0; i < masters.size(); i++) {
            servers.add(masters.get(Math.floorMod(reads + i, masters.size())));
        }
        reads++;
        servers.addAll(seeds);
        return servers;
    }

    private SlotMap ask(HostAndPort server) {
        try (RedisConnection connection = connector.open(server, "slots", connector.timeoutMillis())) {
            connection.write(new CommandArguments(Protocol.Command.CLUSTER).add("SLOTS"));
            connection.flush();
            SlotMap map = SlotMap.of(connection.read(), server);
            if (map.masters().isEmpty()) {
                throw new JedisConnectionException(server + " knows no master with slots");
            }
            return map;
        }
    }
}
