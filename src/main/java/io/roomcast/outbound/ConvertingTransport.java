package io.roomcast.outbound;

import io.roomcast.protocol.CloseCode;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * The transport of clients that are sent frames in another form, for example compressed. A frame keeps its other forms,
 * so that the clients of a room share them.
 *
 * @param transport sends the frames
 * @param form makes the form of a frame that is sent
 */
public record ConvertingTransport(Transport transport, UnaryOperator<EncodedFrame> form) implements Transport {

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        transport.send(form.apply(frame), completion);
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
    public String kind() {
        return transport.kind();
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
