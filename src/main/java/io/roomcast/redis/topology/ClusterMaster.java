package io.roomcast.redis.topology;

import io.roomcast.redis.connection.MasterLocator;
import io.roomcast.redis.connection.RoomKeys;
import java.util.BitSet;
import redis.clients.jedis.HostAndPort;

/**
 * A master of a Redis Cluster, with its address and its hash slots. The slot map may have changed at each connection
 * attempt, and at each reply that another server has a slot. So this class then gives a hint. Any thread may call.
 */
public final class ClusterMaster implements MasterLocator {
    private final HostAndPort address;
    private final String prefix;
    private final Runnable hint;
    private volatile BitSet slots;

    /** @param hint called when the slot map may have changed; returns at once */
    public ClusterMaster(HostAndPort address, BitSet slots, String prefix, Runnable hint) {
        this.address = address;
        this.slots = slots;
        this.prefix = prefix;
        this.hint = hint;
    }

    void setSlots(BitSet newSlots) {
        slots = newSlots;
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

    /** A new channel that only this node subscribes to, in one of the master's slots. */
    public String newNodeChannel(NodeChannels channels) {
        return channels.newChannel(slots);
    }

    /** The key of the server's {@link DataLineage}, in one of the server's slots. Every node computes the same key. */
    public String lineageKey() {
        BitSet ownedSlots = slots;
        for (int tag = 0; tag < 100 * SlotMap.SLOTS; tag++) {
            String name = prefix + ":{!" + tag + "}:life";
            if (ownedSlots.isEmpty() || ownedSlots.get(RoomKeys.slotOf(name))) {
                return name;
            }
        }
        return prefix + ":{!0}:life"; // The server will refuse this key, and is then abandoned.
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
