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
 * Reads the slot map from a server of the Cluster. Tries the masters in the last map first, and then the configured
 * servers. Not thread-safe.
 */
public final class SlotMapReader {
    private final List<HostAndPort> seeds;
    private final Connector connector;
    /** The masters in the last slot map. */
    private List<HostAndPort> lastMasters = List.of();
    /** Number of reads. Each read begins with another server, since a server may be cut off from the other servers. */
    private int reads;

    public SlotMapReader(List<Address> seeds, Connector connector) {
        this.seeds = seeds.stream()
                .map(seed -> new HostAndPort(seed.host(), seed.port()))
                .toList();
        this.connector = connector;
    }

    /** @throws JedisException if no server replies */
    SlotMap read() {
        JedisException lastFailure = new JedisConnectionException("no server of the Cluster is configured");
        for (HostAndPort server : nextServers()) {
            try {
                SlotMap map = ask(server);
                lastMasters = List.copyOf(map.masters().keySet());
                return map;
            } catch (JedisException e) {
                lastFailure = e;
            }
        }
        throw lastFailure;
    }

    /** The servers in the order in which this read asks them. */
    private Set<HostAndPort> nextServers() {
        Set<HostAndPort> servers = new LinkedHashSet<>();
        for (int i = 0; i < lastMasters.size(); i++) {
            servers.add(lastMasters.get(Math.floorMod(reads + i, lastMasters.size())));
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
