package io.roomcast.websocket.transport;

import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;

/**
 * A transport that writes whole WebSocket frames to the TCP connection of a container's session. Pings and closes go
 * through the session, because the container also writes such frames and must know which were sent.
 */
public abstract class FrameTransport implements Transport {
    private final SessionTransport portable;

    public FrameTransport(SessionTransport portable) {
        this.portable = portable;
    }

    @Override
    public final void ping() {
        portable.ping();
    }

    @Override
    public final void close(CloseCode code, String reason) {
        if (portable.isOpen()) {
            portable.close(code, reason);
        } else {
            writeCloseFrame(SessionTransport.closeFrame(code.number(), reason));
        }
    }

    /** Writes the close frame of a session that the container has closed without a close frame. */
    protected abstract void writeCloseFrame(byte[] closeFrame);
}
