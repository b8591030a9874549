package io.roomcast.outbound;

import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.RoomName;

/** Makes the frame that tells a slow client which messages it has to fetch. Any thread; must not block. */
@FunctionalInterface
public interface GapFrameFactory {
    EncodedFrame of(MessageRange dropped);

    /** Whether messages of the room may be dropped, because its history has them. */
    default boolean mayDrop(RoomName room) {
        return true;
    }
}
