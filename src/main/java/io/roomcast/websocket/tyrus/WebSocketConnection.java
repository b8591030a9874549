package io.roomcast.websocket.tyrus;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.protocol.CloseCode;
import io.roomcast.websocket.transport.ClientClose;
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
 * <p><b>Closing.</b> One Close frame is sent, whichever side closes first, and nothing after it. Input of the client is
 * then discarded until its own Close arrives, for one second at most after the network has taken ours. Then the TCP
 * connection is closed. It is not closed earlier, because TCP resets a connection that is closed with unread input, and
 * the client might never see the Close (RFC 6455, section 7.1.1). If the network does not take the Close, the TCP
 * connection is closed after five seconds.
 *
 * <p><b>Concurrency.</b> Grizzly reads a connection on one thread at a time; {@link FrameReader} makes all its calls on
 * that thread. All other calls come on any thread.
 */
public final class WebSocketConnection implements ObservableTransport {
    /** How often to check whether the network has taken the Close, at one check a second. */
    private static final int MAX_LINGER_CHECKS = 5;

    private final Connection<SocketAddress> connection;
    private final ScheduledExecutorService timer;
    private final FrameWriter writer;
    private final FrameReader reader;
    /** The read that is suspended until the client reads its pongs; empty if none is. */
    private final AtomicReference<FilterChainContext> suspended = new AtomicReference<>();

    /** Created by the first send, because all sends have the same completion. */
    private SendCompletion sendCompletion;

    private volatile org.glassfish.tyrus.spi.Connection session;
    private volatile Listener listener;
    private volatile boolean closeReceived;
    private volatile boolean closeSent;
    private volatile boolean ended;
    /** The payload of the last ping among frames that arrived together; null if there was none. */
    private byte[] pendingPong;

    /** Whether there was a ping or pong among frames that arrived together. */
    private boolean activitySeen;

    /**
     * @param limit current limit of a message from a client, in bytes
     * @param timer for short tasks with a delay
     */
    public WebSocketConnection(
            Connection<SocketAddress> connection, LongSupplier limit, ScheduledExecutorService timer) {
        this.connection = connection;
        this.timer = timer;
        this.writer = new FrameWriter(connection, this::onControlHeld, this::resumeReading, this::onCloseSent);
        this.reader = new FrameReader(limit, new IncomingFrames());
    }

    /** Opens the session. To be called when the response to its handshake is written, and before anything is read. */
    public void open(UpgradeInfo upgrade) {
        session = OpeningContext.call(this, () -> upgrade.createConnection(new TyrusWriter(), reason -> {}));
        CloseListener<Closeable, CloseType> onClose = (closed, how) -> inApplicationContext(this::onTcpClosed);
        connection.addCloseListener(onClose);
        if (writer.isClosing()) {
            closeSession(CloseReason.CloseCodes.GOING_AWAY.getCode(), "closed as it opened");
        }
    }

    /**
     * Runs a task with the application's class loader as context class loader. The server's threads have that of the
     * server.
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

    private void onTcpClosed() {
        ended = true;
        closeSession(CloseReason.CloseCodes.CLOSED_ABNORMALLY.getCode(), "connection lost");
        Listener current = listener;
        if (current != null) {
            current.onEnd();
        }
    }

    @Override
    public void setListener(Listener events) {
        listener = events;
        if (ended) {
            events.onEnd();
        }
    }

    /** Reads what arrived. Suspends the read if the client does not read its pongs. */
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

    /** Reads bytes that arrived together, such as those that came with the handshake. */
    public void read(ByteBuffer bytes) {
        reader.read(bytes);
        if (pendingPong != null) {
            writer.pong(pendingPong);
            pendingPong = null;
            activitySeen = true;
        }
        if (activitySeen && listener != null) {
            listener.onActivity();
        }
        activitySeen = false;
    }

    /** The listener is set before anything is read, or never. */
    private void onControlHeld(int bytes) {
        Listener current = listener;
        if (current != null) {
            current.onControlHeld(bytes);
        }
    }

    /** Whether reading must pause, because the client does not read its pongs. */
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
        if (sendCompletion == null) {
            sendCompletion = new SendCompletion(completion);
        }
        try {
            writer.send(frame.webSocketFrame(), sendCompletion);
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
        close(code.number(), reason);
    }

    private void close(int code, String reason) {
        sendClose(SessionTransport.closeFrame(code, reason));
        closeSession(code, reason);
    }

    private void sendClose(byte[] frame) {
        if (writer.close(frame)) {
            linger(MAX_LINGER_CHECKS);
            resumeReading();
        }
    }

    /**
     * Closes the TCP connection a second after the network has taken our Close, so that the client can send its own.
     *
     * @param checksLeft after this number of seconds, the TCP connection is closed in any case; at least 1
     */
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

    private void onCloseSent() {
        closeSent = true;
        endIfBothClosed();
    }

    /** Closes the TCP connection if both sides have sent a Close. */
    private void endIfBothClosed() {
        if (closeSent && closeReceived) {
            connection.closeSilently();
        }
    }

    /** Passes the result of a write to a {@link Completion}. */
    private static final class SendCompletion
            extends EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>> {
        private final Completion completion;

        SendCompletion(Completion completion) {
            this.completion = completion;
        }

        @Override
        public void completed(WriteResult<WritableMessage, SocketAddress> written) {
            completion.sent(null);
        }

        @Override
        public void failed(Throwable cause) {
            // Grizzly gives no cause if this node has closed the connection.
            completion.sent(cause == null ? new ClosedChannelException() : cause);
        }

        @Override
        public void cancelled() {
            completion.sent(new IllegalStateException("write cancelled"));
        }
    }

    private final class IncomingFrames implements FrameReader.Handler {
        @Override
        public void onData(ByteBuffer frame) {
            if (!writer.isClosing()) {
                session.getReadHandler().handle(frame);
            }
        }

        @Override
        public void onPing(byte[] payload) {
            pendingPong = payload;
        }

        @Override
        public void onPong() {
            activitySeen = true;
        }

        @Override
        public void onClose(byte[] payload) {
            // A ping before the Close is still answered.
            if (pendingPong != null) {
                writer.pong(pendingPong);
                pendingPong = null;
            }
            if (!writer.isClosing()) {
                CloseReason answer = ClientClose.answer(payload);
                close(answer.getCloseCode().getCode(), answer.getReasonPhrase());
            }
            closeReceived = true;
            endIfBothClosed();
        }

        @Override
        public void onTooLarge() {
            Listener current = listener;
            if (current != null) {
                current.onMessageTooLarge();
            }
            close(CloseCode.TOO_LARGE, "the message is too large");
        }

        @Override
        public void onViolation(String reason) {
            close(CloseCode.PROTOCOL_ERROR, reason);
        }
    }

    private final class TyrusWriter extends Writer {
        @Override
        public void write(ByteBuffer frame, CompletionHandler<ByteBuffer> handler) {
            byte[] bytes = new byte[frame.remaining()];
            frame.duplicate().get(bytes);
            writer.send(bytes, new SendCompletion(failure -> {
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
            sendClose(bytes);
            handler.completed(frame);
        }

        /** Does nothing. The TCP connection is closed when both sides have sent a Close. */
        @Override
        public void close() {}
    }
}
