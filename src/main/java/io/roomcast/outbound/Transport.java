package io.roomcast.outbound;

import io.roomcast.protocol.CloseCode;
import java.util.concurrent.Executor;

/** What a session's queue needs of a connection. No method may block, whatever the client does. */
public interface Transport {

    /** Told once for each send; on any thread, also on the sending one before {@link #send} returns. */
    @FunctionalInterface
    interface Completion {
        /** @param failure null when the frame was handed to the network */
        void sent(Throwable failure);
    }

    /** Sends one WebSocket frame: text, or binary where the frame is. The caller waits for the completion before it sends another. */
    void send(EncodedFrame frame, Completion completion);

    /** Where a send costs least, since the container would hand it there anyway; null where it is the same anywhere. Of few, for many. */
    default Executor executor() {
        return null;
    }

    /** Sends a WebSocket ping. */
    void ping();

    /** Starts to close the connection. Idempotent. {@code reason} is for people, at most 123 bytes of UTF-8. */
    void close(CloseCode code, String reason);
}
