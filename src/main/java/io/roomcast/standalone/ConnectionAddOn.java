package io.roomcast.standalone;

import io.roomcast.service.admission.ClientOrigin;
import io.roomcast.websocket.EmbeddedWebSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
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
 * Tells the {@link ConnectionLimiter} of each connection that is accepted, becomes a WebSocket, or is closed. The first
 * of all filters.
 */
final class ConnectionAddOn extends BaseFilter implements AddOn {
    /** WebSockets do not have it. */
    private static final Attribute<HttpConnection> CONNECTION =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(HttpConnection.class.getName());

    /** Grizzly's constants for a queue without a limit, and for a limit that follows from the socket. */
    private static final int UNLIMITED = -1;

    private static final int AUTO_SIZE = -2;

    /** The limit of a request's head. A client cannot make the node keep more of pipelined requests. */
    private static final int HEAD_BYTES = 8 * 1024;

    private final ConnectionLimiter limiter;

    ConnectionAddOn(ConnectionLimiter limiter) {
        this.limiter = limiter;
    }

    /** @return null for a WebSocket */
    static HttpConnection http(Connection<?> connection) {
        return CONNECTION.get(connection);
    }

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        chain.add(0, this);
    }

    @Override
    public NextAction handleAccept(FilterChainContext context) {
        NIOConnection connection = (NIOConnection) context.getConnection();
        HttpConnection http = new HttpConnection(new GrizzlySocket(connection), network(connection));
        CONNECTION.set(connection, http);
        // A response is queued whole, so that no thread waits. The limiter allows one at a time, and bounds its time.
        connection.setMaxAsyncWriteQueueSize(UNLIMITED);
        connection.setReadBufferSize(HEAD_BYTES);
        limiter.add(http, connection.getChannel());
        connection.closeFuture().addCompletionHandler(new EmptyCompletionHandler<>() {
            @Override
            public void completed(CloseReason reason) {
                limiter.remove(http);
            }
        });
        return context.getInvokeAction();
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        HttpConnection http = CONNECTION.get(connection);
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

    /** Runs after all other listeners of this read, so after the handshake has taken the connection out of HTTP. */
    private void readCompleted(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        HttpConnection http = CONNECTION.get(connection);
        if (http != null) {
            if (EmbeddedWebSockets.isWebSocket(connection)) {
                ((NIOConnection) connection).setMaxAsyncWriteQueueSize(AUTO_SIZE);
                if (connection.isOpen()) {
                    connection.setReadBufferSize(connection.getTransport().getReadBufferSize());
                }
                CONNECTION.remove(connection);
                limiter.becomeWebSocket(http);
            }
            http.beingRead = false;
        }
    }

    /**
     * Runs the task when the network has taken all output that was queued so far; never if the connection ends before.
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

    private record GrizzlySocket(NIOConnection connection) implements HttpConnection.Socket {
        @Override
        public boolean hasUnread() {
            try {
                return ((SocketChannel) connection.getChannel())
                                .socket()
                                .getInputStream()
                                .available()
                        > 0;
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public int queued() {
            return connection.getAsyncWriteQueue().spaceInBytes();
        }

        @Override
        public boolean holdsFile() {
            // A closed channel stays registered until its selector runs again.
            return connection.getChannel().isOpen() || connection.getChannel().isRegistered();
        }

        @Override
        public void cut() {
            connection.terminateSilently();
            // The selector's thread gives the file back when it runs.
            SelectorRunner runner = connection.getSelectorRunner();
            Selector selector = runner == null ? null : runner.getSelector();
            if (selector != null) {
                selector.wakeup();
            }
        }
    }
}
