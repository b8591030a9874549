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

/** Asks the servers of a Cluster for its map: those that the last map named, then those of the settings. Not thread-safe. */
public final class SlotMapReader {
    private final List<HostAndPort> seeds;
    private final Connector connector;
    private List<HostAndPort> masters = List.of();
    /** Counts, so that it is not always the same server that is asked first: it may be one that was left behind. */
    private int turn;

    public SlotMapReader(List<Address> seeds, Connector connector) {
        this.seeds = seeds.stream()
                .map(seed -> new HostAndPort(seed.host(), seed.port()))
                .toList();
        this.connector = connector;
    }

    /** @throws JedisException when nobody tells */
    SlotMap read() {
        JedisException last = new JedisConnectionException("no server of the Cluster is configured");
        for (HostAndPort server : inTurn()) {
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

    private Set<HostAndPort> inTurn() {
        Set<HostAndPort> servers = new LinkedHashSet<>();
        for (int i = 0; i < masters.size(); i++) {
            servers.add(masters.get(Math.floorMod(turn + i, masters.size())));
        }
        turn++;
        servers.addAll(seeds);
        return servers;
    }

    private SlotMap ask(HostAndPort server) {
        try (RedisConnection link = connector.open(server, "slots", connector.timeoutMillis())) {
            link.write(new CommandArguments(Protocol.Command.CLUSTER).add("SLOTS"));
            link.flush();
            SlotMap map = SlotMap.of(link.read(), server);
            if (map.masters().isEmpty()) {
                throw new JedisConnectionException(server + " knows no master with slots");
            }
            return map;
        }
    }
}
