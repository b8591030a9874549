package io.roomcast.protocol;

/**
 * A message with its number in a room.
 *
 * @param offset number of the message
 * @param body JSON object in UTF-8 with all that members see, except the type and the offset. The node that took the
 *     publish encodes it once. Relays, rooms and queues pass it on unread. The array is shared: nobody may write to it.
 */
@SuppressWarnings("ArrayRecordComponent") // equals() compares the array by identity, which is enough
public record StoredMessage(long offset, byte[] body) {}
