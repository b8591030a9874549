/** The Redis servers: which one is in charge of a room, and whether it has lost data. */
package io.roomcast.redis.topology;
