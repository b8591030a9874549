package io.roomcast.websocket;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.asyncqueue.WritableMessage;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.tyrus.spi.CompletionHandler;
import org.glassfish.tyrus.spi.Writer;

/** Where Tyrus writes the frames that it makes itself (pong, close): to the same queue of Grizzly that takes the rooms' frames. */
final class ConnectionWriter extends Writer {
    private final Connection<SocketAddress> connection;

    @SuppressWarnings("unchecked") // a TCP connection has socket addresses
    ConnectionWriter(Connection<?> connection) {
        this.connection = (Connection<SocketAddress>) connection;
    }

    @Override
    public void write(ByteBuffer frame, CompletionHandler<ByteBuffer> completion) {
        ((TCPNIOTransport) connection.getTransport())
                .getAsyncQueueIO()
                .getWriter()
                .write(
                        connection,
                        null,
                        Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, frame.duplicate()),
                        new Completed(frame, completion));
    }

    @Override
    public void close() {
        connection.closeSilently();
    }

    private static final class Completed extends EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>> {
        private final ByteBuffer frame;
        private final CompletionHandler<ByteBuffer> completion;

        Completed(ByteBuffer frame, CompletionHandler<ByteBuffer> completion) {
            this.frame = frame;
            this.completion = completion;
        }

        @Override
        public void completed(WriteResult<WritableMessage, SocketAddress> written) {
            completion.completed(frame);
        }

        @Override
        public void failed(Throwable cause) {
            completion.failed(cause);
        }

        @Override
        public void cancelled() {
            completion.cancelled();
        }
    }
}
