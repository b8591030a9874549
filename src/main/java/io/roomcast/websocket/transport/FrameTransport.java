package io.roomcast.websocket.transport;

import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;

/**
 * Writes whole WebSocket frames to what lies under a container's session. Pings and closes stay with the container, which writes frames of its own, too,
 * and keeps account of them.
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
            writeLast(SessionTransport.closeFrame(code, reason));
        }
    }

    /** Writes the close frame of a session that the container holds for closed, but has not said so to the client. */
    protected abstract void writeLast(byte[] closeFrame);
}
