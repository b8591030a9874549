/** Connections to one Redis server: commands and scripts in batches, and the pub/sub subscription. */
package io.roomcast.redis.connection;
