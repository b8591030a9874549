package io.roomcast.redis.topology;

import java.util.Collection;
import java.util.concurrent.ThreadFactory;

/** The Redis servers that the rooms are distributed over. */
public interface Shards {

    /** @param slot hash slot of a Redis Cluster: see {@link io.roomcast.redis.connection.RoomKeys#slot} */
    Shard of(int slot);

    /** All shards now. The collection does not change. */
    Collection<Shard> all();

    /** Starts the threads of all shards. */
    void start(ThreadFactory threads);

    /** Completes the publishes, within a few seconds, and ends all threads. */
    void close();
}
