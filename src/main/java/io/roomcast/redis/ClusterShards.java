package io.roomcast.redis;

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
 * A shard for each master of a Redis Cluster. Where the map of slots changes (a replica was promoted, slots were moved) shards are made and
 * closed, and the rooms are subscribed where they are now; what was under way to the wrong server has failed, and can be tried again.
 *
 * <p><b>Concurrency.</b> One thread reads the map: when it is hinted at a change, and every few seconds in any case. {@code bySlot} is
 * replaced whole, so any thread may look into it. Nothing is sent to another server on behalf of a caller: so two publishes of one thread
 * cannot overtake each other.
 */
final class ClusterShards implements Shards {
    private static final Logger LOG = System.getLogger(ClusterShards.class.getName());
    private static final long READ_SECONDS = 10;
    private static final long PAUSE_MILLIS = 250;

    /** What the shards belong to. */
    interface Owner {
        Shard shard(ClusterMaster master);

        /** A room may be in the charge of another shard than before; has {@code shard} look at its own. */
        void realign(Shard shard);
    }

    /** Makes the master of a shard. */
    interface Masters {
        ClusterMaster at(HostAndPort address, BitSet slots, Runnable hint);
    }

    private record Member(ClusterMaster master, Shard shard) {}

    private final SlotMapReader reader;
    private final Masters masters;
    private final Owner owner;
    private final Semaphore hints = new Semaphore(0);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<HostAndPort, Member> members = new HashMap<>();
    private volatile Shard[] bySlot;
    private volatile List<Shard> all;
    private ThreadFactory threads;
    private Thread thread;

    /** @param seed a server that is asked for everything until a map is known; it refuses what is not its own */
    ClusterShards(SlotMapReader reader, Masters masters, Owner owner, HostAndPort seed) {
        this.reader = reader;
        this.masters = masters;
        this.owner = owner;
        Member first = member(seed, new BitSet());
        members.put(seed, first);
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

    /** Waits for the map: a connection's and an answer's time for each server that is asked in vain. */
    @Override
    public void start(ThreadFactory factory) {
        threads = factory;
        all.forEach(shard -> shard.start(threads));
        read();
        thread = threads.newThread(this::run);
        thread.setName("roomcast-redis-slots");
        thread.start();
    }

    private void hint() {
        hints.release();
    }

    private void run() {
        try {
            // Hints come in swarms; a server that is away gives one with each try to reach it.
            while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                var unused = hints.tryAcquire(READ_SECONDS, TimeUnit.SECONDS);
                hints.drainPermits();
                read();
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "interrupted");
        }
    }

    private void read() {
        try {
            apply(reader.read());
        } catch (JedisException e) {
            LOG.log(Level.DEBUG, "nobody tells the map of the Cluster: {0}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the map of the Cluster cannot be used", e);
        }
    }

    private void apply(SlotMap map) {
        if (closed.getCount() == 0) {
            return;
        }
        Shard[] next = bySlot.clone(); // Slots that nobody is in charge of stay where they were.
        map.masters().forEach((address, slots) -> {
            Member member = members.computeIfAbsent(address, a -> started(a, slots));
            member.master().slots(slots);
            slots.stream().forEach(slot -> next[slot] = member.shard());
        });
        if (Arrays.equals(next, bySlot)) {
            return;
        }
        List<Shard> used = Arrays.stream(next).distinct().toList();
        List<Shard> left = new ArrayList<>(all);
        left.removeAll(used);
        members.values().removeIf(member -> left.contains(member.shard()));
        bySlot = next;
        all = used;
        LOG.log(Level.INFO, "the Redis Cluster has {0} masters: {1}", used.size(), members.keySet());
        left.forEach(Shard::leave);
        used.forEach(owner::realign);
        left.forEach(Shard::close);
    }

    private Member member(HostAndPort address, BitSet slots) {
        ClusterMaster master = masters.at(address, slots, this::hint);
        return new Member(master, owner.shard(master));
    }

    private Member started(HostAndPort address, BitSet slots) {
        Member member = member(address, slots);
        member.shard().start(threads);
        return member;
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
