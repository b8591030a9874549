package io.roomcast.redis.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.HostAndPort;

/**
 * Which master of a Cluster is in charge of which slots, as one server sees it. Slots that nobody is in charge of are in no set.
 *
 * @param masters in an order of no meaning; nobody changes the sets
 */
record SlotMap(Map<HostAndPort, BitSet> masters) {
    static final int SLOTS = 16_384;

    /**
     * Reads the answer to CLUSTER SLOTS.
     *
     * @param asked who answered; a server that does not know its own name leaves it out
     */
    static SlotMap of(Object reply, HostAndPort asked) {
        Map<HostAndPort, BitSet> masters = new LinkedHashMap<>();
        for (Object each : (List<?>) reply) {
            List<?> range = (List<?>) each;
            int first = ((Long) range.get(0)).intValue();
            int last = ((Long) range.get(1)).intValue();
            HostAndPort master = address((List<?>) range.get(2), asked);
            masters.computeIfAbsent(master, m -> new BitSet(SLOTS)).set(first, last + 1);
        }
        return new SlotMap(masters);
    }

    private static HostAndPort address(List<?> node, HostAndPort asked) {
        byte[] host = (byte[]) node.get(0);
        boolean named = host != null && host.length > 0 && host[0] != '?';
        return new HostAndPort(named ? new String(host, UTF_8) : asked.getHost(), ((Long) node.get(1)).intValue());
    }
}
