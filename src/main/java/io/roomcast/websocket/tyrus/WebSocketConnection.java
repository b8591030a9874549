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
 * A WebSocket connection of the embedded server, or of Payara: what is between a TCP connection of Grizzly and the session that Tyrus makes of it. Pings are answered
 * here, and each end, whoever brings it about, comes through here.
 *
 * <p><b>Closing.</b> Whoever closes, one Close frame is sent and nothing after it. What the client still sends is read and thrown away until its own Close comes, for a
 * second at most; then the TCP connection is closed. A TCP connection that is closed while something comes in is reset, and the client may never see the Close that was
 * on its way to it (RFC 6455, 7.1.1). One that has not taken what was sent before the Close is waited for some seconds longer.
 *
 * <p><b>Concurrency.</b> Grizzly reads a connection on one thread at a time; all that comes from {@link FrameReader} is on that. Everything else comes on any thread.
 */
public final class WebSocketConnection implements ObservableTransport {
    /** How often a client that reads slowly is waited for, a second each, until the network has taken its Close. */
    private static final int LINGER_CHECKS = 5;

    private final Connection<SocketAddress> connection;
    private final ScheduledExecutorService timer;
    private final FrameWriter writer;
    private final FrameReader reader;
    /** The context of the read that is suspended until the client takes its answers. */
    private final AtomicReference<FilterChainContext> suspended = new AtomicReference<>();

    private Completed completed;
    private volatile org.glassfish.tyrus.spi.Connection session;
    private volatile Listener listener;
    private volatile boolean closeReceived;
    private volatile boolean closeSent;
    private volatile boolean ended;
    /** The payload of the last ping of those that came together, and whether a pong was among them. */
    private byte[] pendingPong;

    private boolean alive;

    /**
     * @param limit bytes of a message that comes in, as it is now
     * @param timer runs short tasks later
     */
    public WebSocketConnection(
            Connection<SocketAddress> connection, LongSupplier limit, ScheduledExecutorService timer) {
        this.connection = connection;
        this.timer = timer;
        this.writer = new FrameWriter(connection, this::resumeReading, this::closeSent);
        this.reader = new FrameReader(limit, new Incoming());
    }

    /** Opens the session, of whose handshake the answer is written. Until then nothing is read. */
    public void open(UpgradeInfo upgrade) {
        session = OpeningContext.call(this, () -> upgrade.createConnection(new TyrusWriter(), reason -> {}));
        CloseListener<Closeable, CloseType> end = (closed, how) -> inApplicationContext(this::ended);
        connection.addCloseListener(end);
        if (writer.isClosing()) {
            closeSession(CloseReason.CloseCodes.GOING_AWAY.getCode(), "closed as it opened");
        }
    }

    /** A thread of the server's comes with the server's class loader; what is called may look for classes of the application. */
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

    /** Takes what came in. */
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

    /** Takes what came with the handshake. */
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

    /** A client that takes no answers is read no further. */
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

    /** Waits a second for the client's Close, but not before what was sent before the server's has gone. */
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
            // The node ends, and closes what is left.
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

    /** Both sides have said so. */
    private void endIfClosed() {
        if (closeSent && closeReceived) {
            connection.closeSilently();
        }
    }

    /** Tells a send's completion; made once for a connection. */
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
            // Grizzly gives no cause where the connection was closed from here.
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
            // A ping before it is still answered.
            if (pendingPong != null) {
                writer.pong(pendingPong);
                pendingPong = null;
            }
            if (!writer.isClosing()) {
                ByteBuffer frame = ByteBuffer.allocate(2 + payload.length);
                frame.put((byte) 0x88).put((byte) payload.length).put(payload).flip();
                session.getReadHandler().handle(frame);
                // Tyrus has answered it, unless it was just being closed from here.
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

        /** The TCP connection is closed when both sides have said so. */
        @Override
        public void close() {}
    }
}
