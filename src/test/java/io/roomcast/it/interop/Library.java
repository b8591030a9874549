package io.roomcast.it.interop;

import java.net.URI;
import java.util.List;

/** A WebSocket library, used as its own documents say. */
interface Library extends AutoCloseable {

    /**
     * Connects. What becomes of it is told to {@link Received}: it is open, or has failed.
     *
     * @param subprotocols to ask for; empty for none
     */
    void open(URI uri, List<String> subprotocols, Received received) throws Exception;

    @Override
    void close();

    /** An open connection. */
    interface Connection {
        /** The subprotocol that the library says was agreed; empty for none. */
        String subprotocol();

        /** The extensions that the library says were agreed; empty for none. */
        String extensions();

        void send(String text);

        /** Sends one message. Libraries that can do it send each part as a fragment. */
        default void sendParts(List<String> parts) {
            send(String.join("", parts));
        }

        void close(int code, String reason);
    }
}
