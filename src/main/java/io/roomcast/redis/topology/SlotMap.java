package io.roomcast.redis.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.HostAndPort;

/**
 * The hash slots of each master of a Redis Cluster, as one server reports them. Slots without a master are in no set.
 *
 * @param masters the hash slots by the address of their master; the sets must not be changed
 */
record SlotMap(Map<HostAndPort, BitSet> masters) {
    static final int SLOTS = 16_384;

    /**
     * Parses the reply to CLUSTER SLOTS.
     *
     * @param server the server that replied; a server may leave out its own host name
     */
    static SlotMap of(Object reply, HostAndPort server) {
        Map<HostAndPort, BitSet> masters = new LinkedHashMap<>();
        for (Object each : (List<?>) reply) {
            List<?> range = (List<?>) each;
            int first = ((Long) range.get(0)).intValue();
            int last = ((Long) range.get(1)).intValue();
            HostAndPort master = address((List<?>) range.get(2), server);
            masters.computeIfAbsent(master, m -> new BitSet(SLOTS)).set(first, last + 1);
        }
        return new SlotMap(masters);
    }

    private static HostAndPort address(List<?> node, HostAndPort server) {
        byte[] host = (byte[]) node.get(0);
        boolean named = host != null && host.length > 0 && host[0] != '?';
        return new HostAndPort(named ? new String(host, UTF_8) : server.getHost(), ((Long) node.get(1)).intValue());
    }
}
