package io.roomcast.websocket.transport;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import java.util.concurrent.Executor;

/**
 * The transport of clients with the subprotocol {@code roomcast.v1.deflate}. It sends large messages compressed. A
 * message is compressed once for the whole room.
 *
 * @param transport sends the compressed frames
 * @param threshold frames are compressed from this size on, in bytes
 */
public record DeflatingTransport(Transport transport, long threshold) implements Transport {

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        transport.send(frame.deflated(threshold), completion);
    }

    @Override
    public Executor executor() {
        return transport.executor();
    }

    @Override
    public boolean isPortable() {
        return transport.isPortable();
    }

    @Override
    public void ping() {
        transport.ping();
    }

    @Override
    public void close(CloseCode code, String reason) {
        transport.close(code, reason);
    }
}
