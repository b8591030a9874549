/**
 * The relay of many nodes over NATS JetStream. {@link io.roomcast.nats.RoomAppender} numbers the messages of a room, and
 * {@link io.roomcast.nats.RoomReader} reads them.
 */
package io.roomcast.nats;
