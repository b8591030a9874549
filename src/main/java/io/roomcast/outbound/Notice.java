package io.roomcast.outbound;

import io.roomcast.protocol.RoomName;
import java.util.function.Supplier;

/**
 * What is left of word of who came and went in a room, when a client is too slow for it.
 *
 * @param unnamed says that there was something, without names; made when it is sent
 */
public record Notice(RoomName room, Supplier<EncodedFrame> unnamed) {}
