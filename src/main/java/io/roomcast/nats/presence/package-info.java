/** The users in the rooms of all nodes, kept in NATS: a record for each room, which decides and tells. */
package io.roomcast.nats.presence;
