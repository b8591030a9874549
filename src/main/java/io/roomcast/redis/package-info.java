/**
 * The relay and presence of many nodes, over Redis 7: a single server, Sentinel, or Cluster.
 *
 * <p>Start with {@link io.roomcast.redis.RedisRelay}. A {@link io.roomcast.redis.topology.Shard} is one Redis server
 * that takes writes. The shard has a {@link io.roomcast.redis.connection.Pipeline} for publishes, another for reads,
 * and a {@link io.roomcast.redis.connection.Subscriber}, which receives what all nodes publish. A
 * {@link io.roomcast.cursor.RoomCursor} is this node's position in a room.
 */
package io.roomcast.redis;
