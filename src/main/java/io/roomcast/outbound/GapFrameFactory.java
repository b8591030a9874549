package io.roomcast.outbound;

import io.roomcast.protocol.MessageRange;

/** Words for a client that read too slowly. */
@FunctionalInterface
public interface GapFrameFactory {
    /** The frame that says: these messages are not sent by themselves. Any thread; must not block. */
    EncodedFrame of(MessageRange forgotten);
}
