package io.roomcast.protocol;

/**
 * A message that has its place in a room.
 *
 * @param offset its place
 * @param body JSON object in UTF-8 with everything that members see but the type and the offset; encoded once, by the node
 *     that took the publish, and never changed nor parsed again. Shared: nobody may write to it.
 */
@SuppressWarnings("ArrayRecordComponent") // identity is all that is ever compared
public record StoredMessage(long offset, byte[] body) {}
