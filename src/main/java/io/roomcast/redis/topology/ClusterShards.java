package io.roomcast.redis.topology;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A shard for each master of a Redis Cluster. The slot map changes when a replica is promoted or when slots are moved.
 * This class then makes and closes shards, and its owner subscribes the rooms at their new servers. Commands that were
 * on their way to the wrong server fail, and can be repeated.
 *
 * <p><b>Concurrency.</b> One thread reads the slot map, every few seconds and after a hint that the map has changed.
 * The array {@code bySlot} is replaced as a whole, so that any thread may read it. A command is never redirected to
 * another server, so that two publishes of one thread cannot overtake each other.
 */
public final class ClusterShards implements Shards {
    private static final Logger LOG = System.getLogger(ClusterShards.class.getName());
    /** Most time between two reads of the slot map. */
    private static final long READ_INTERVAL_SECONDS = 10;
    /** Least time between two reads of the slot map. */
    private static final long MIN_PAUSE_MILLIS = 250;

    /** Makes shards, and subscribes their rooms. */
    public interface Owner {
        /** Makes a shard that is not started. */
        Shard shard(ClusterMaster master);

        /** Subscribes the rooms of the shard, since rooms may have moved to this shard. */
        void updateSubscriptions(Shard shard);
    }

    /** Makes the master of a shard. */
    public interface Masters {
        ClusterMaster at(HostAndPort address, BitSet slots, Runnable hint);
    }

    private record Entry(ClusterMaster master, Shard shard) {}

    private final SlotMapReader reader;
    private final Masters masters;
    private final Owner owner;
    /** One permit for each hint that the slot map has changed. */
    private final Semaphore hints = new Semaphore(0);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<HostAndPort, Entry> entries = new HashMap<>();
    private volatile Shard[] bySlot;
    private volatile List<Shard> all;
    private ThreadFactory threads;
    private Thread thread;

    /**
     * @param seed the server that gets all commands until the slot map is known; this server refuses commands for slots
     *     of other servers
     */
    public ClusterShards(SlotMapReader reader, Masters masters, Owner owner, HostAndPort seed) {
        this.reader = reader;
        this.masters = masters;
        this.owner = owner;
        Entry first = newEntry(seed, new BitSet());
        entries.put(seed, first);
        all = List.of(first.shard());
        bySlot = new Shard[SlotMap.SLOTS];
        Arrays.fill(bySlot, first.shard());
    }

    @Override
    public Shard of(int slot) {
        return bySlot[slot];
    }

    @Override
    public Collection<Shard> all() {
        return all;
    }

    /**
     * Starts the threads, and waits for the slot map. Each server that does not answer delays the return by up to the
     * timeouts of a connection and a reply.
     */
    @Override
    public void start(ThreadFactory factory) {
        threads = factory;
        all.forEach(shard -> shard.start(threads));
        readSlotMap();
        thread = threads.newThread(this::readOnHints);
        thread.setName("roomcast-redis-slots");
        thread.start();
    }

    private void hint() {
        hints.release();
    }

    private void readOnHints() {
        try {
            // Hints come in bursts, since each connection attempt to an unreachable server gives a hint.
            while (!closed.await(MIN_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                var unused = hints.tryAcquire(READ_INTERVAL_SECONDS, TimeUnit.SECONDS);
                hints.drainPermits();
                readSlotMap();
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "interrupted");
        }
    }

    private void readSlotMap() {
        try {
            apply(reader.read());
        } catch (JedisException e) {
            LOG.log(Level.DEBUG, "the slot map of the Cluster cannot be read: {0}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the slot map of the Cluster cannot be used", e);
        }
    }

    private void apply(SlotMap map) {
        if (closed.getCount() == 0) {
            return;
        }
        Shard[] newBySlot = bySlot.clone(); // Slots without a master keep their shard.
        map.masters().forEach((address, slots) -> {
            Entry entry = entries.computeIfAbsent(address, a -> newStartedEntry(a, slots));
            entry.master().setSlots(slots);
            slots.stream().forEach(slot -> newBySlot[slot] = entry.shard());
        });
        if (Arrays.equals(newBySlot, bySlot)) {
            return;
        }
        List<Shard> usedShards = Arrays.stream(newBySlot).distinct().toList();
        List<Shard> unusedShards = new ArrayList<>(all);
        unusedShards.removeAll(usedShards);
        entries.values().removeIf(entry -> unusedShards.contains(entry.shard()));
        bySlot = newBySlot;
        all = usedShards;
        LOG.log(Level.INFO, "the Redis Cluster has {0} masters: {1}", usedShards.size(), entries.keySet());
        unusedShards.forEach(Shard::abandon);
        usedShards.forEach(owner::updateSubscriptions);
        unusedShards.forEach(Shard::close);
    }

    private Entry newEntry(HostAndPort address, BitSet slots) {
        ClusterMaster master = masters.at(address, slots, this::hint);
        return new Entry(master, owner.shard(master));
    }

    private Entry newStartedEntry(HostAndPort address, BitSet slots) {
        Entry entry = newEntry(address, slots);
        entry.shard().start(threads);
        return entry;
    }

    @Override
    public void close() {
        closed.countDown();
        hints.release();
        try {
            if (thread != null) {
                thread.join(5_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(Shard::close);
    }
}
