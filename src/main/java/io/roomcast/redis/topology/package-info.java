/** The Redis servers: which server has the data of a room, and whether a server has lost data. */
package io.roomcast.redis.topology;
