package io.roomcast.websocket.tyrus;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Limits;

/**
 * Limits the bytes of an incomplete frame that Tyrus buffers until the rest arrives. The default limit of Tyrus is 4
 * MiB for each connection. Tyrus closes a connection whose frame is larger. {@code EndpointConnection.onClose} then
 * sends the client the reason.
 */
public final class TyrusBufferLimit {
    /**
     * Most bytes that a server reads from a connection at once. {@code web.xml} has the same number. The embedded
     * server reads fewer bytes at once.
     */
    public static final int READ_BYTES = 128 * 1024;

    private static final int MAX_HEADER_BYTES = 14;

    private TyrusBufferLimit() {}

    /** Sets the limit for new connections by the limit of a frame, now and after each change of that limit. */
    public static void followLimit(TyrusInternals tyrus, Limits limits) {
        setLimit(tyrus, limits);
        limits.whenChanged(() -> setLimit(tyrus, limits));
    }

    private static void setLimit(TyrusInternals tyrus, Limits limits) {
        // The buffer must hold a frame that is almost complete, and the bytes that are read together with its end.
        tyrus.setIncomingBufferSize(Math.toIntExact(limits.get(LimitKeys.FRAME_BYTES) + MAX_HEADER_BYTES + READ_BYTES));
    }

    /** Whether Tyrus closed a connection because a frame was larger than its buffer. */
    public static boolean overflowed(int closeCode, String reason) {
        return closeCode == 1011 && "Buffer overflow.".equals(reason);
    }
}
