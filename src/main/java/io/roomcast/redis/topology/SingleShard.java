package io.roomcast.redis.topology;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** A single server that has all rooms. */
public final class SingleShard implements Shards {
    private final Shard shard;

    public SingleShard(Shard shard) {
        this.shard = shard;
    }

    @Override
    public Shard of(int slot) {
        return shard;
    }

    @Override
    public Collection<Shard> all() {
        return List.of(shard);
    }

    @Override
    public void start(ThreadFactory threads) {
        shard.start(threads);
    }

    @Override
    public void close() {
        shard.close();
    }
}
