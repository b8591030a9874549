package io.roomcast.redis;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.redis.connection.Connector;
import io.roomcast.redis.connection.MasterLocator;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.redis.connection.RedisSettings.Address;
import io.roomcast.redis.connection.RedisSettings.Cluster;
import io.roomcast.redis.connection.RedisSettings.Sentinels;
import io.roomcast.redis.connection.RedisSettings.Single;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.topology.ClusterMaster;
import io.roomcast.redis.topology.ClusterShards;
import io.roomcast.redis.topology.DataLineage;
import io.roomcast.redis.topology.NodeChannels;
import io.roomcast.redis.topology.SentinelLocator;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import io.roomcast.redis.topology.SingleShard;
import io.roomcast.redis.topology.SlotMapReader;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import redis.clients.jedis.HostAndPort;

/**
 * Makes the shards. Without a Cluster, there is one shard, for the single server or for the master that sentinels
 * watch. In a Cluster, there is one shard for each master.
 *
 * @param scripts scripts that are loaded on each connection
 * @param nanoClock as {@link System#nanoTime}
 */
record ShardFactory(
        RedisSettings settings,
        NodeChannels channels,
        Connector connector,
        List<Script> scripts,
        RedisChannels roomChannels,
        DataLineage.Registry lineages,
        Probes probes,
        RedisExchange exchange,
        NodeMetrics metrics,
        LongSupplier nanoClock)
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
        String channel = channels.newChannel(new BitSet());
        return new SingleShard(shard("redis", master(), () -> channel, () -> settings.prefix() + ":{!}:life", false));
    }

    private MasterLocator master() {
        return settings.servers() instanceof Sentinels sentinels
                ? new SentinelLocator(sentinels, connector)
                : MasterLocator.at(((Single) settings.servers()).address());
    }

    @Override
    public Shard shard(ClusterMaster master) {
        return shard(master.toString(), master, () -> master.newNodeChannel(channels), master::lineageKey, true);
    }

    private Shard shard(
            String name,
            MasterLocator master,
            Supplier<String> nodeChannel,
            Supplier<String> lineageKey,
            boolean sharded) {
        PubSubDispatcher dispatcher = new PubSubDispatcher(roomChannels, probes, exchange, metrics);
        Shard shard = new Shard(
                name,
                master,
                connector,
                scripts,
                nodeChannel,
                () -> lineages.of(lineageKey.get()),
                dispatcher,
                sharded,
                metrics,
                roomChannels.subscriptions()::reconnected,
                nanoClock);
        dispatcher.setShard(shard);
        return shard;
    }

    @Override
    public void updateSubscriptions(Shard shard) {
        roomChannels.updateAll(shard);
    }
}
