package io.roomcast.relay;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;

/**
 * Takes what a relay brings to this node. Called by the relay's own thread, for one room by one thread at a time: every method appends
 * and returns.
 */
public interface RelayListener {

    /** The room's next message; its offset is one more than the last delivered, or than the subscription's position. */
    void deliver(RoomName room, StoredMessage message);

    /** An ephemeral frame, as it goes to members. */
    void signal(RoomName room, FrameKind kind, byte[] frame);

    /** Deliveries go on after {@code position}: what was before is lost to this node, or the epoch is a new one. */
    void reset(RoomName room, Position position);
}
