package io.roomcast.websocket;

import io.roomcast.outbound.EncodedFrame;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import org.glassfish.grizzly.CompletionHandler;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.Writer;
import org.glassfish.grizzly.asyncqueue.WritableMessage;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;

/**
 * Writes a room's WebSocket frame to the socket's own queue in Grizzly, past Tyrus and the chain of HTTP filters, none of which has anything to
 * add to bytes that are complete. Whole frames only, and Grizzly's queue keeps their order: those that Tyrus writes come between, never
 * inside.
 */
final class GrizzlyTransport extends DirectTransport {
    private final Connection<SocketAddress> connection;
    private final Writer<SocketAddress> writer;
    private EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>> handler;

    @SuppressWarnings("unchecked")
    GrizzlyTransport(SessionTransport portable, Object connection) {
        super(portable);
        this.connection = (Connection<SocketAddress>) connection;
        this.writer = writer(this.connection);
    }

    private static Writer<SocketAddress> writer(Connection<SocketAddress> connection) {
        return ((TCPNIOTransport) connection.getTransport()).getAsyncQueueIO().getWriter();
    }

    /** Writes what nobody waits for to the same queue. */
    static void write(Connection<SocketAddress> connection, byte[] bytes, int from, int length) {
        writer(connection)
                .write(
                        connection,
                        null,
                        Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, bytes, from, length),
                        new EmptyCompletionHandler<>());
    }

    /** Writes a whole frame to the same queue. */
    static void write(
            Connection<SocketAddress> connection,
            byte[] frame,
            CompletionHandler<WriteResult<WritableMessage, SocketAddress>> handler) {
        writer(connection).write(connection, null, Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, frame), handler);
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        if (handler == null) {
            handler = new Completed(completion);
        }
        try {
            writer.write(
                    connection,
                    null,
                    Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, frame.webSocketFrame()),
                    handler);
        } catch (RuntimeException e) {
            completion.sent(e);
        }
    }

    @Override
    void writeLast(byte[] closeFrame) {
        write(connection, closeFrame, 0, closeFrame.length);
    }

    /** Tells a send's completion; made once for a connection. */
    static final class Completed extends EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>> {
        private final Completion completion;

        Completed(Completion completion) {
            this.completion = completion;
        }

        @Override
        public void completed(WriteResult<WritableMessage, SocketAddress> written) {
            completion.sent(null);
        }

        @Override
        public void failed(Throwable cause) {
            // Grizzly gives no cause where the connection was closed from here.
            completion.sent(cause == null ? new ClosedChannelException() : cause);
        }

        @Override
        public void cancelled() {
            completion.sent(new IllegalStateException("write cancelled"));
        }
    }
}
