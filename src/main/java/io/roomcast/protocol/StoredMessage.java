package io.roomcast.protocol;

/**
 * A message with its offset in a room.
 *
 * @param offset number of the message
 * @param body JSON object in UTF-8 with all that members see, except the type and the offset. The node that receives
 *     the publish encodes the body once. Relays, rooms and queues pass the body on without parsing it. The array is
 *     shared. No caller may write to it.
 */
@SuppressWarnings("ArrayRecordComponent") // equals() compares the array by identity, which is enough
public record StoredMessage(long offset, byte[] body) {}
