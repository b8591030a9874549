package io.roomcast.redis;

import io.roomcast.metrics.RelayMetrics;
import io.roomcast.redis.RedisSettings.Address;
import io.roomcast.redis.RedisSettings.Cluster;
import io.roomcast.redis.RedisSettings.Sentinels;
import io.roomcast.redis.RedisSettings.Single;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import redis.clients.jedis.HostAndPort;

/**
 * Which shards there are, by the settings: one for a server that is alone or watched by sentinels, in a Cluster one for each master.
 *
 * @param scripts all that a connection has to know
 */
record Topology(
        RedisSettings settings,
        NodeChannels channels,
        Connector connector,
        List<Script> scripts,
        Subscriptions subscriptions,
        Witnesses witnesses,
        Probes probes,
        RelayMetrics metrics)
        implements ClusterShards.Owner {

    Shards shards() {
        if (settings.servers() instanceof Cluster cluster) {
            Address seed = cluster.addresses().get(0);
            return new ClusterShards(
                    new SlotMapReader(cluster.addresses(), connector),
                    (address, slots, hint) -> new ClusterMaster(address, slots, settings.prefix(), hint),
                    this,
                    new HostAndPort(seed.host(), seed.port()));
        }
        String channel = channels.next(new BitSet());
        return new SingleShard(shard("redis", master(), () -> channel, () -> settings.prefix() + ":{!}:life", false));
    }

    private Master master() {
        return settings.servers() instanceof Sentinels sentinels
                ? new Sentinel(sentinels, connector)
                : Master.at(((Single) settings.servers()).address());
    }

    @Override
    public Shard shard(ClusterMaster master) {
        return shard(master.toString(), master, () -> master.nodeChannel(channels), master::lifeKey, true);
    }

    private Shard shard(
            String name, Master master, Supplier<String> nodeChannel, Supplier<String> lifeKey, boolean sharded) {
        Receiver receiver = new Receiver(subscriptions, probes, metrics);
        Shard shard = new Shard(
                name,
                master,
                connector,
                scripts,
                nodeChannel,
                () -> witnesses.of(lifeKey.get()),
                receiver,
                sharded,
                metrics,
                subscriptions::renewed);
        receiver.shard(shard);
        return shard;
    }

    @Override
    public void realign(Shard shard) {
        subscriptions.alignAll(shard);
    }
}
