package io.roomcast.service;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;

/** The transport of a client that waits for nothing: it only sends. */
enum NoTransport implements Transport {
    INSTANCE;

    @Override
    public String kind() {
        return "send";
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        completion.sent(null);
    }

    @Override
    public void ping() {}

    @Override
    public void close(CloseCode code, String reason) {}
}
