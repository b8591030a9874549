package io.roomcast.redis.topology;

import java.util.Collection;
import java.util.concurrent.ThreadFactory;

/** The Redis servers that the rooms are distributed over. */
public interface Shards {

    /** @param slot of the Cluster */
    Shard of(int slot);

    Collection<Shard> all();

    void start(ThreadFactory threads);

    /** Completes the publishes, within a few seconds, and ends all threads. */
    void close();
}
