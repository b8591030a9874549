package io.roomcast.websocket;

import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import jakarta.inject.Inject;
import jakarta.websocket.Encoder;

/**
 * Encodes what is sent straight to a connection, before there is a session with a queue. All else is encoded once for a room, not once
 * for a connection.
 */
public class ServerFrameEncoder implements Encoder.Text<ServerFrame> {

    @Inject
    private ServerFrameWriter writer;

    @Override
    public String encode(ServerFrame frame) {
        return writer.write(frame);
    }
}
