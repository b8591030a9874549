package io.roomcast.websocket;

import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import jakarta.inject.Inject;
import jakarta.websocket.Encoder;

/**
 * Encodes the error for a connection that is refused and becomes no session. All other frames go through the queue of
 * a session, already encoded.
 */
public class ServerFrameEncoder implements Encoder.Text<ServerFrame> {

    @Inject
    private ServerFrameWriter writer;

    @Override
    public String encode(ServerFrame frame) {
        return writer.write(frame);
    }
}
