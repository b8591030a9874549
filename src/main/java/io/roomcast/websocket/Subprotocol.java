package io.roomcast.websocket;

/** Names that a client may ask for in {@code Sec-WebSocket-Protocol}. */
final class Subprotocol {
    static final String V1 = "roomcast.v1";

    private Subprotocol() {}
}
