package io.roomcast.outbound;

import io.roomcast.protocol.CloseCode;
import java.util.concurrent.Executor;

/** The port through which an {@link OutboundQueue} sends. No method may block, even if the client reads nothing. */
public interface Transport {

    /** Called once for each send, on any thread, possibly before {@link #send} returns. */
    @FunctionalInterface
    interface Completion {
        /** @param failure null if the frame was handed to the network */
        void sent(Throwable failure);
    }

    /**
     * Sends one WebSocket frame, text or binary as the frame says. The caller sends the next frame only after the
     * completion.
     */
    void send(EncodedFrame frame, Completion completion);

    /**
     * The executor on which the container writes, or null if any thread will do. Many connections share one executor.
     */
    default Executor executor() {
        return null;
    }

    /** Whether frames are sent through the server's own WebSocket session, which is slower. */
    default boolean isPortable() {
        return false;
    }

    /** How operators read what this transport is. */
    default String kind() {
        return isPortable() ? "portable" : "fast";
    }

    /** Sends a WebSocket ping, or what stands for one. */
    void ping();

    /**
     * Starts to close the connection. Idempotent. {@code reason} is a text for people of at most 123 bytes of UTF-8.
     */
    void close(CloseCode code, String reason);
}
