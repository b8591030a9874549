/**
 * The relay and presence of many nodes, over Redis 7: a single server, Sentinel, or Cluster.
 *
 * <p>{@link io.roomcast.redis.RedisRelay} is the way in. A {@link io.roomcast.redis.topology.Shard} is one Redis server that takes writes: its
 * publishes go through one {@link io.roomcast.redis.connection.Pipeline}, its reads through another, what it publishes comes back through its {@link
 * io.roomcast.redis.connection.Subscriber}. A {@link io.roomcast.redis.RoomCursor} is where this node stands in a room.
 */
package io.roomcast.redis;
