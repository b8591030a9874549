package io.roomcast.websocket;

import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import jakarta.inject.Inject;
import jakarta.websocket.Encoder;

/**
 * Encodes frames for a connection that has no session with a queue. All other frames are encoded once for all members
 * of a room.
 */
public class ServerFrameEncoder implements Encoder.Text<ServerFrame> {

    @Inject
    private ServerFrameWriter writer;

    @Override
    public String encode(ServerFrame frame) {
        return writer.write(frame);
    }
}
