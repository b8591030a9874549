package io.roomcast.websocket;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.net.SocketAddress;
import org.glassfish.grizzly.Connection;

/** Where Tyrus writes pongs and closes of a connection that has left HTTP: the same queue of Grizzly that takes the rooms' frames. */
final class PayaraOutput extends ServletOutputStream {
    private final Connection<SocketAddress> connection;

    @SuppressWarnings("unchecked")
    PayaraOutput(Connection<?> connection) {
        this.connection = (Connection<SocketAddress>) connection;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        throw new IllegalStateException("always ready");
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        GrizzlyTransport.write(connection, bytes, from, length);
    }
}
