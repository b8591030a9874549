package io.roomcast.standalone;

import io.roomcast.http.GrizzlySocket;
import io.roomcast.service.admission.ClientOrigin;
import io.roomcast.websocket.EmbeddedWebSockets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import org.glassfish.grizzly.CloseReason;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.nio.NIOTransport;
import org.glassfish.grizzly.nio.SelectorRunner;

/**
 * Reports to the {@link ConnectionLimiter} each connection that is accepted, becomes a WebSocket, or is closed. This
 * filter is the first of all filters.
 */
final class ConnectionAddOn extends BaseFilter implements AddOn {
    /** An attribute of connections that are not WebSockets. */
    private static final Attribute<HttpConnection> HTTP_CONNECTION =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(HttpConnection.class.getName());

    /** Grizzly's constant for a write queue without a limit. */
    private static final int UNLIMITED = -1;

    /** Grizzly's constant for a limit of the write queue that follows from the socket. */
    private static final int AUTO_SIZE = -2;

    /** The limit of a request's head. It also bounds the pipelined requests that a client can make the node keep. */
    private static final int HEAD_BYTES = 8 * 1024;

    private final ConnectionLimiter limiter;

    ConnectionAddOn(ConnectionLimiter limiter) {
        this.limiter = limiter;
    }

    /** @return null for a WebSocket */
    static HttpConnection http(Connection<?> connection) {
        return HTTP_CONNECTION.get(connection);
    }

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        chain.add(0, this);
    }

    @Override
    public NextAction handleAccept(FilterChainContext context) {
        NIOConnection connection = (NIOConnection) context.getConnection();
        HttpConnection http = new HttpConnection(new LimitedSocket(connection), network(connection));
        HTTP_CONNECTION.set(connection, http);
        // The whole response is queued, so that no thread waits. The limiter allows one response at a time, and bounds
        // its time.
        connection.setMaxAsyncWriteQueueSize(UNLIMITED);
        connection.setReadBufferSize(HEAD_BYTES);
        limiter.add(http, connection.getChannel());
        connection.closeFuture().addCompletionHandler(new EmptyCompletionHandler<>() {
            @Override
            public void completed(CloseReason reason) {
                limiter.remove(http);
                Runnable task = http.whenClosed;
                if (task != null) {
                    task.run();
                }
            }
        });
        return context.getInvokeAction();
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        HttpConnection http = HTTP_CONNECTION.get(connection);
        if (http == null) {
            return context.getInvokeAction();
        }
        http.beingRead = true;
        context.addCompletionListener(this::readCompleted);
        if (!limiter.mustWaitForOutput(http)) {
            return context.getInvokeAction();
        }
        // Nothing is read from a client that does not read its responses.
        NextAction suspended = context.getSuspendAction();
        context.suspend();
        afterOutputIsSent(connection, () -> {
            limiter.responseSent(http);
            context.resumeNext();
        });
        return suspended;
    }

    /** Runs after all other listeners of this read. A handshake in this read has then ended HTTP on the connection. */
    private void readCompleted(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        HttpConnection http = HTTP_CONNECTION.get(connection);
        if (http != null) {
            if (EmbeddedWebSockets.isWebSocket(connection)) {
                ((NIOConnection) connection).setMaxAsyncWriteQueueSize(AUTO_SIZE);
                if (connection.isOpen()) {
                    connection.setReadBufferSize(connection.getTransport().getReadBufferSize());
                }
                HTTP_CONNECTION.remove(connection);
                limiter.becomeWebSocket(http);
            }
            http.beingRead = false;
        }
    }

    /**
     * Runs the task when the network has taken all output that was queued until now. The task never runs if the
     * connection ends before.
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static void afterOutputIsSent(Connection connection, Runnable task) {
        ((NIOTransport) connection.getTransport())
                .getWriter(connection)
                .write(connection, null, Buffers.EMPTY_BUFFER, new EmptyCompletionHandler<WriteResult>() {
                    @Override
                    public void completed(WriteResult written) {
                        task.run();
                    }
                });
    }

    private static String network(Connection<?> connection) {
        InetAddress address = connection.getPeerAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
        return address == null ? "" : ClientOrigin.network(address.getHostAddress());
    }

    private record LimitedSocket(NIOConnection connection) implements HttpConnection.Socket {
        @Override
        public boolean hasUnread() {
            return GrizzlySocket.hasUnread(connection);
        }

        @Override
        public boolean hasEnded() {
            return GrizzlySocket.hasEnded(connection);
        }

        @Override
        public int queuedBytes() {
            return connection.getAsyncWriteQueue().spaceInBytes();
        }

        @Override
        public boolean holdsFileDescriptor() {
            // A closed channel stays registered, and keeps its file descriptor, until its selector runs again.
            return connection.getChannel().isOpen() || connection.getChannel().isRegistered();
        }

        @Override
        public void cut() {
            connection.terminateSilently();
            // The thread of the selector closes the file descriptor when it runs.
            SelectorRunner runner = connection.getSelectorRunner();
            Selector selector = runner == null ? null : runner.getSelector();
            if (selector != null) {
                selector.wakeup();
            }
        }
    }
}
