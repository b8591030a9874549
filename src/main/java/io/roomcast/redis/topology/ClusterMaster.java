package io.roomcast.redis.topology;

import io.roomcast.redis.connection.MasterLocator;
import io.roomcast.redis.connection.RoomKeys;
import java.util.BitSet;
import redis.clients.jedis.HostAndPort;

/**
 * A master of a Cluster, as a {@link Shard} sees it: where it is, and which names are in its charge. Whoever connects to it, or is told
 * that it is not in charge, gives a hint that the map of slots may have changed. Any thread.
 */
public final class ClusterMaster implements MasterLocator {
    private final HostAndPort address;
    private final String prefix;
    private final Runnable hint;
    private volatile BitSet slots;

    /** @param hint returns at once */
    public ClusterMaster(HostAndPort address, BitSet slots, String prefix, Runnable hint) {
        this.address = address;
        this.slots = slots;
        this.prefix = prefix;
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

    public String nodeChannel(NodeChannels channels) {
        return channels.next(slots);
    }

    /** The same for every node: a name of which the server has the slot. */
    public String lifeKey() {
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
