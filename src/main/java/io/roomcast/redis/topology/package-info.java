/** Which Redis servers there are, who is in charge of a room, and whether its data are still the same. */
package io.roomcast.redis.topology;
