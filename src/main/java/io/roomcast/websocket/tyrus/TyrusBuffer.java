package io.roomcast.websocket.tyrus;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Limits;

/**
 * Bounds the part of a frame that Tyrus holds until the rest has come. Without a bound that is 4 MiB for each
 * connection. Tyrus closes a connection whose frame is larger; {@code EndpointConnection.closed} then tells the client
 * the reason.
 */
public final class TyrusBuffer {
    /** Most bytes that are read at once: the value in {@code web.xml}, and at least what the embedded server reads. */
    public static final int READ_BYTES = 128 * 1024;

    private static final int LONGEST_HEADER = 14;

    private TyrusBuffer() {}

    /** Keeps the bound of new connections at the current limit of a frame. */
    public static void follow(TyrusInternals tyrus, Limits limits) {
        bound(tyrus, limits);
        limits.whenChanged(() -> bound(tyrus, limits));
    }

    private static void bound(TyrusInternals tyrus, Limits limits) {
        // A frame that is almost complete, and what is read together with its end.
        tyrus.setIncomingBufferSize(Math.toIntExact(limits.get(LimitKeys.FRAME_BYTES) + LONGEST_HEADER + READ_BYTES));
    }

    /** Whether Tyrus closed a connection because a frame was larger than its buffer. */
    public static boolean overflowed(int closeCode, String reason) {
        return closeCode == 1011 && "Buffer overflow.".equals(reason);
    }
}
