package io.roomcast.websocket.transport;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The portable transport. It sends through a Jakarta session, on any container. */
public final class SessionTransport implements Transport {
    private static final Logger LOG = System.getLogger(SessionTransport.class.getName());
    /** A control frame has at most 125 bytes of payload (RFC 6455, section 5.5). The close code takes two of them. */
    private static final int MAX_REASON_BYTES = 123;

    private final Session session;
    private final RemoteEndpoint.Async remote;
    /** Created by the first send, because all sends of a session have the same completion. */
    private SendHandler handler;

    public SessionTransport(Session session) {
        this.session = session;
        this.remote = session.getAsyncRemote();
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        if (handler == null) {
            handler = result -> completion.sent(result.isOK() ? null : failure(result.getException()));
        }
        try {
            if (frame.isBinary()) {
                remote.sendBinary(ByteBuffer.wrap(frame.payload()), handler);
            } else {
                remote.sendText(frame.text(), handler);
            }
        } catch (RuntimeException e) {
            completion.sent(e);
        }
    }

    private static Throwable failure(Throwable cause) {
        return cause == null ? new IOException("send failed") : cause;
    }

    @Override
    public boolean isPortable() {
        return true;
    }

    @Override
    public void ping() {
        try {
            remote.sendPing(ByteBuffer.allocate(0));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "ping failed; the heartbeat will notice", e);
        }
    }

    @Override
    public void close(CloseCode code, String reason) {
        close(session, code, reason);
    }

    /** Whether the container still accepts frames for the session. */
    boolean isOpen() {
        return session.isOpen();
    }

    public static void close(Session session, CloseCode code, String reason) {
        try {
            session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code.number()), shortened(reason)));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "close failed; the connection is gone", e);
        }
    }

    /**
     * Creates a WebSocket close frame, for a transport that writes to the connection itself. Such a transport needs the
     * frame after the container has closed the session without a close frame.
     */
    public static byte[] closeFrame(int code, String reason) {
        byte[] text = shortened(reason).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + text.length)
                .put((byte) 0x88)
                .put((byte) (2 + text.length))
                .putShort((short) code)
                .put(text)
                .array();
    }

    private static String shortened(String reason) {
        String shorter = reason;
        while (shorter.getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
            shorter = shorter.substring(0, shorter.length() - 1);
        }
        return shorter;
    }
}
