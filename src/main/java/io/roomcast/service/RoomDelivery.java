package io.roomcast.service;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.RelayListener;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Passes messages, signals and resets from the relay to the rooms of this node. Runs on the relay's thread that
 * delivers. Never blocks, because it only appends to lanes.
 */
public final class RoomDelivery implements RelayListener {
    private final RoomRegistry rooms;

    public RoomDelivery(RoomRegistry rooms) {
        this.rooms = rooms;
    }

    @Override
    public void deliver(RoomName room, StoredMessage message) {
        ifOpen(room, openRoom -> openRoom.deliver(message));
    }

    @Override
    public void signal(RoomName room, FrameKind kind, byte[] frame) {
        ifOpen(room, openRoom -> openRoom.signal(EncodedFrame.of(kind, new String(frame, StandardCharsets.UTF_8))));
    }

    @Override
    public void reset(RoomName room, Position position) {
        ifOpen(room, openRoom -> openRoom.reset(position));
    }

    private void ifOpen(RoomName name, Consumer<Room> action) {
        Room room = rooms.find(name);
        if (room != null) {
            action.accept(room);
        }
    }
}
