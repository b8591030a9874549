package io.roomcast.websocket;

import jakarta.websocket.Session;

/** Subprotocols that a client may ask for in {@code Sec-WebSocket-Protocol}. */
final class Subprotocol {
    static final String V1 = "roomcast.v1";
    /**
     * Like {@link #V1}, but large batches of messages are compressed with raw deflate and sent in binary WebSocket
     * frames.
     */
    static final String V1_DEFLATE = "roomcast.v1.deflate";

    private Subprotocol() {}

    /** The subprotocol of this server that a connection uses; null if the client asked for none. */
    static String of(Session session) {
        String negotiated = session.getNegotiatedSubprotocol();
        return V1.equals(negotiated) || V1_DEFLATE.equals(negotiated) ? negotiated : null;
    }
}
