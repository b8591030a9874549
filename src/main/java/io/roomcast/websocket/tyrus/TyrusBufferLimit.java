package io.roomcast.websocket.tyrus;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Limits;

/**
 * Bounds the part of a frame that Tyrus buffers until the rest arrives. By default that bound is 4 MiB for each
 * connection. Tyrus closes a connection whose frame is larger. {@code EndpointConnection.onClose} then tells the client
 * the reason.
 */
public final class TyrusBufferLimit {
    /**
     * The most bytes that a server reads from a connection at once. It is the value in {@code web.xml}, and at least
     * what the embedded server reads.
     */
    public static final int READ_BYTES = 128 * 1024;

    private static final int MAX_HEADER_BYTES = 14;

    private TyrusBufferLimit() {}

    /** Keeps the bound for new connections at the current limit of a frame. */
    public static void followLimit(TyrusInternals tyrus, Limits limits) {
        bound(tyrus, limits);
        limits.whenChanged(() -> bound(tyrus, limits));
    }

    private static void bound(TyrusInternals tyrus, Limits limits) {
        // The buffer must hold a frame that is almost complete, and the bytes that are read together with its end.
        tyrus.setIncomingBufferSize(Math.toIntExact(limits.get(LimitKeys.FRAME_BYTES) + MAX_HEADER_BYTES + READ_BYTES));
    }

    /** Whether Tyrus closed a connection because a frame was larger than its buffer. */
    public static boolean overflowed(int closeCode, String reason) {
        return closeCode == 1011 && "Buffer overflow.".equals(reason);
    }
}
