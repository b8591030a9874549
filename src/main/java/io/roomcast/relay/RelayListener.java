package io.roomcast.relay;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;

/**
 * Receives the deliveries of a relay to this node. The calls for one room come from one thread at a time: a thread of
 * the relay, or the thread that publishes. A method must not block. It queues the event and returns.
 */
public interface RelayListener {

    /**
     * Delivers the next message of the room. Its offset is one more than that of the last message, or than the position
     * of the subscription or of the last {@link #reset}.
     */
    void deliver(RoomName room, StoredMessage message);

    /** Delivers a frame that is not stored. The members receive it unchanged. */
    void signal(RoomName room, FrameKind kind, byte[] frame);

    /**
     * Reports that the next delivery is the message after {@code position}. Either this node has lost the earlier
     * messages that were not delivered, or the room has a new epoch. The position has its proof if the history has the
     * message there.
     */
    void reset(RoomName room, Position position);
}
