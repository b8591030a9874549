package io.roomcast.websocket.tyrus;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Limits;
import io.roomcast.websocket.EndpointConnection;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;

/**
 * Bounds what Tyrus holds of a frame that has not come whole: 4 MiB for each connection, unless it is told otherwise, and all of that copied again with every
 * part of the frame. What is larger than a frame may be, Tyrus closes by itself; {@link EndpointConnection#closed} says why.
 */
public final class TyrusBuffer {
    /** Bytes that come at once at most: what {@code web.xml} has, and no less than the embedded server reads. */
    public static final int READ_BYTES = 128 * 1024;

    private static final Logger LOG = System.getLogger(TyrusBuffer.class.getName());
    private static final int LONGEST_HEADER = 14;

    private TyrusBuffer() {}

    /** @param container of the server's WebSockets, of whatever kind; only Tyrus's is changed, for connections that come from now on */
    public static void follow(Object container, Limits limits) {
        if (TyrusInternals.isTyrus(container)) {
            bound(container, limits);
            limits.whenChanged(() -> bound(container, limits));
        }
    }

    private static void bound(Object container, Limits limits) {
        // A frame that is nearly whole, and what comes with its end.
        long bytes = limits.get(LimitKeys.FRAME_BYTES) + LONGEST_HEADER + READ_BYTES;
        try {
            Method getEngine = container.getClass().getMethod("getWebSocketEngine");
            getEngine.setAccessible(true);
            Object engine = getEngine.invoke(container);
            engine.getClass().getMethod("setIncomingBufferSize", int.class).invoke(engine, Math.toIntExact(bytes));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.INFO, "This Tyrus does not let itself be told how large frames may be", e);
        }
    }

    /** Whether a connection was closed since a frame was larger than that. */
    public static boolean overflowed(int closeCode, String reason) {
        return closeCode == 1011 && "Buffer overflow.".equals(reason);
    }
}
