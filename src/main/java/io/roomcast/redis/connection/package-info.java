/** One connection to a Redis server: commands and scripts go out in batches, messages come in. */
package io.roomcast.redis.connection;
