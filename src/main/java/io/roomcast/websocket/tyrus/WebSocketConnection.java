package io.roomcast.websocket.tyrus;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.protocol.CloseCode;
import io.roomcast.websocket.transport.ObservableTransport;
import io.roomcast.websocket.transport.OpeningContext;
import io.roomcast.websocket.transport.SessionTransport;
import jakarta.websocket.CloseReason;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.glassfish.grizzly.CloseListener;
import org.glassfish.grizzly.CloseType;
import org.glassfish.grizzly.Closeable;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.asyncqueue.WritableMessage;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.tyrus.spi.CompletionHandler;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeInfo;
import org.glassfish.tyrus.spi.Writer;
import org.glassfish.tyrus.spi.WriterInfo;

/**
 * A WebSocket connection of the embedded server or of Payara. It connects a TCP connection of Grizzly with the session
 * of Tyrus, answers pings, and handles every close.
 *
 * <p><b>Closing.</b> One Close frame is sent, whichever side closes first, and nothing after it. What the client still
 * sends is read and discarded until its own Close comes, for a second at most; then the TCP connection is closed. TCP
 * resets a connection that is closed with unread input, and the client might never see the Close (RFC 6455, section
 * 7.1.1). A client that has not yet received what was sent before the Close gets some seconds more.
 *
 * <p><b>Concurrency.</b> Grizzly reads a connection on one thread at a time; all calls from {@link FrameReader} come on
 * it. All other calls come on any thread.
 */
public final class WebSocketConnection implements ObservableTransport {
    /** How many seconds the connection stays open until the network has taken the Close. */
    private static final int LINGER_CHECKS = 5;

    private final Connection<SocketAddress> connection;
    private final ScheduledExecutorService timer;
    private final FrameWriter writer;
    private final FrameReader reader;
    /** The read that is suspended until the client reads its pongs. */
    private final AtomicReference<FilterChainContext> suspended = new AtomicReference<>();

    private Completed completed;
    private volatile org.glassfish.tyrus.spi.Connection session;
    private volatile Listener listener;
    private volatile boolean closeReceived;
    private volatile boolean closeSent;
    private volatile boolean ended;
    /** The payload of the last ping among frames that came together, and whether there was a pong. */
    private byte[] pendingPong;

    private boolean alive;

    /**
     * @param limit current limit of a message from a client, in bytes
     * @param timer runs short tasks later
     */
    public WebSocketConnection(
            Connection<SocketAddress> connection, LongSupplier limit, ScheduledExecutorService timer) {
        this.connection = connection;
        this.timer = timer;
        this.writer = new FrameWriter(connection, this::resumeReading, this::closeSent);
        this.reader = new FrameReader(limit, new Incoming());
    }

    /** Opens the session when the response to its handshake is written. Nothing is read before. */
    public void open(UpgradeInfo upgrade) {
        session = OpeningContext.call(this, () -> upgrade.createConnection(new TyrusWriter(), reason -> {}));
        CloseListener<Closeable, CloseType> end = (closed, how) -> inApplicationContext(this::ended);
        connection.addCloseListener(end);
        if (writer.isClosing()) {
            closeSession(CloseReason.CloseCodes.GOING_AWAY.getCode(), "closed as it opened");
        }
    }

    /**
     * Runs a task with the application's class loader as the thread's context; the server's threads have the server's.
     */
    private static void inApplicationContext(Runnable task) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(WebSocketConnection.class.getClassLoader());
        try {
            task.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void ended() {
        ended = true;
        closeSession(CloseReason.CloseCodes.CLOSED_ABNORMALLY.getCode(), "connection lost");
        Listener told = listener;
        if (told != null) {
            told.ended();
        }
    }

    @Override
    public void setListener(Listener events) {
        listener = events;
        if (ended) {
            events.ended();
        }
    }

    /** Reads what arrived. */
    NextAction read(FilterChainContext context, ByteBuffer bytes) {
        inApplicationContext(() -> read(bytes));
        if (!mustPause()) {
            return context.getStopAction();
        }
        context.suspend();
        suspended.set(context);
        if (!mustPause()) {
            resumeReading();
        }
        return context.getSuspendAction();
    }

    /** Reads what arrived with the handshake. */
    public void read(ByteBuffer bytes) {
        reader.read(bytes);
        if (pendingPong != null) {
            writer.pong(pendingPong);
            pendingPong = null;
            alive = true;
        }
        if (alive && listener != null) {
            listener.heard();
        }
        alive = false;
    }

    /** Nothing more is read from a client that does not read its pongs. */
    private boolean mustPause() {
        return writer.isPongPending() && !writer.isClosing() && !ended;
    }

    private void resumeReading() {
        FilterChainContext context = suspended.getAndSet(null);
        if (context != null) {
            context.resume(context.getStopAction());
        }
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        if (completed == null) {
            completed = new Completed(completion);
        }
        try {
            writer.send(frame.webSocketFrame(), completed);
        } catch (RuntimeException e) {
            completion.sent(e);
        }
    }

    @Override
    public void ping() {
        writer.ping();
    }

    @Override
    public void close(CloseCode code, String reason) {
        close(SessionTransport.closeFrame(code, reason));
        closeSession(code.number(), reason);
    }

    private void close(byte[] frame) {
        if (writer.close(frame)) {
            linger(LINGER_CHECKS);
            resumeReading();
        }
    }

    /** Gives the client a second to send its Close, from when the network has taken ours. */
    private void linger(int checksLeft) {
        boolean taken = closeSent;
        try {
            var unused = timer.schedule(
                    () -> {
                        if (taken || checksLeft == 1) {
                            connection.terminateSilently();
                        } else {
                            linger(checksLeft - 1);
                        }
                    },
                    1,
                    TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            // The node is stopping and closes all connections.
        }
    }

    private void closeSession(int code, String reason) {
        org.glassfish.tyrus.spi.Connection open = session;
        if (open != null) {
            open.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), reason));
        }
    }

    private void closeSent() {
        closeSent = true;
        endIfClosed();
    }

    /** Closes the TCP connection when both sides have sent a Close. */
    private void endIfClosed() {
        if (closeSent && closeReceived) {
            connection.closeSilently();
        }
    }

    /** Passes the end of a write to a completion; made once for a connection. */
    private static final class Completed extends EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>> {
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
            // Grizzly gives no cause if the connection was closed from here.
            completion.sent(cause == null ? new ClosedChannelException() : cause);
        }

        @Override
        public void cancelled() {
            completion.sent(new IllegalStateException("write cancelled"));
        }
    }

    private final class Incoming implements FrameReader.Sink {
        @Override
        public void data(ByteBuffer frame) {
            if (!writer.isClosing()) {
                session.getReadHandler().handle(frame);
            }
        }

        @Override
        public void ping(byte[] payload) {
            pendingPong = payload;
        }

        @Override
        public void pong() {
            alive = true;
        }

        @Override
        public void close(byte[] payload) {
            // A ping before the Close is still answered.
            if (pendingPong != null) {
                writer.pong(pendingPong);
                pendingPong = null;
            }
            if (!writer.isClosing()) {
                ByteBuffer frame = ByteBuffer.allocate(2 + payload.length);
                frame.put((byte) 0x88).put((byte) payload.length).put(payload).flip();
                session.getReadHandler().handle(frame);
                // Tyrus has answered it, unless a close from here came at the same time.
                WebSocketConnection.this.close(CloseCode.NORMAL, "");
            }
            closeReceived = true;
            endIfClosed();
        }

        @Override
        public void tooLarge() {
            Listener told = listener;
            if (told != null) {
                told.tooLarge();
            }
            WebSocketConnection.this.close(CloseCode.TOO_LARGE, "the message is too large");
        }

        @Override
        public void violation(String reason) {
            WebSocketConnection.this.close(CloseCode.PROTOCOL_ERROR, reason);
        }
    }

    private final class TyrusWriter extends Writer {
        @Override
        public void write(ByteBuffer frame, CompletionHandler<ByteBuffer> handler) {
            byte[] bytes = new byte[frame.remaining()];
            frame.duplicate().get(bytes);
            writer.send(bytes, new Completed(failure -> {
                if (failure == null) {
                    handler.completed(frame);
                } else {
                    handler.failed(failure);
                }
            }));
        }

        @Override
        public void write(ByteBuffer frame, CompletionHandler<ByteBuffer> handler, WriterInfo info) {
            if (info.getMessageType() != WriterInfo.MessageType.CLOSE) {
                write(frame, handler);
                return;
            }
            byte[] bytes = new byte[frame.remaining()];
            frame.duplicate().get(bytes);
            WebSocketConnection.this.close(bytes);
            handler.completed(frame);
        }

        /** Ignored: the TCP connection is closed when both sides have sent a Close. */
        @Override
        public void close() {}
    }
}
