/** The users in the rooms of all nodes, kept in Redis. */
package io.roomcast.redis.presence;
