package io.roomcast.redis;

import java.util.BitSet;
import java.util.UUID;
import redis.clients.jedis.HostAndPort;

/**
 * A master of a Cluster, as a {@link Shard} sees it: where it is, and which channel is this node's there. Whoever connects to it, or is told
 * that it is not in charge, gives a hint that the map of slots may have changed. Any thread.
 */
final class ClusterMaster implements Master {
    private final HostAndPort address;
    private final String prefix;
    private final String node;
    private final Runnable hint;
    private volatile BitSet slots;

    /** @param hint returns at once */
    ClusterMaster(HostAndPort address, BitSet slots, String prefix, String node, Runnable hint) {
        this.address = address;
        this.slots = slots;
        this.prefix = prefix;
        this.node = node;
        this.hint = hint;
    }

    void slots(BitSet those) {
        slots = those;
    }

    @Override
    public HostAndPort find() {
        hint.run();
        return address;
    }

    @Override
    public void moved() {
        hint.run();
    }

    /** Named so that it is in one of the server's own slots: by trying tags until one fits. */
    String nodeChannel() {
        BitSet own = slots;
        String rest = ":node:" + node + ":" + UUID.randomUUID();
        for (int tag = 0; tag < 100 * SlotMap.SLOTS; tag++) {
            String name = prefix + ":{" + tag + "}" + rest;
            if (own.isEmpty() || own.get(RoomKeys.slotOf(name))) {
                return name;
            }
        }
        return prefix + ":{0}" + rest; // The server will refuse it, and be left.
    }

    /** The same for every node: a name of which the server has the slot. */
    String lifeKey() {
        BitSet own = slots;
        for (int tag = 0; tag < 100 * SlotMap.SLOTS; tag++) {
            String name = prefix + ":{!" + tag + "}:life";
            if (own.isEmpty() || own.get(RoomKeys.slotOf(name))) {
                return name;
            }
        }
        return prefix + ":{!0}:life"; // The server will refuse it, and be left.
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
