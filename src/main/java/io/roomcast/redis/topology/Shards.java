package io.roomcast.redis.topology;

import java.util.Collection;
import java.util.concurrent.ThreadFactory;

/** The servers that the rooms are spread over. */
public interface Shards {

    /** @param slot of the Cluster */
    Shard of(int slot);

    Collection<Shard> all();

    void start(ThreadFactory threads);

    /** Finishes the publishes, within a few seconds, and ends all threads. */
    void close();
}
