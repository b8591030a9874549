package io.roomcast.outbound;

import io.roomcast.protocol.CloseCode;
import java.util.concurrent.Executor;

/**
 * The transport of plain clients. It gives a text to each message that has none. The plain clients of a room share
 * these frames, and other clients do not get them.
 *
 * @param transport sends the frames
 */
public record PlainTransport(Transport transport) implements Transport {

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        transport.send(frame.printable(), completion);
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
