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

/** Tells the door of each connection that comes, becomes a session, or goes. It is the first of all filters: before anything is read. */
final class ConnectionAddOn extends BaseFilter implements AddOn {
    /** Not there on a session. */
    private static final Attribute<HttpConnection> VISIT =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(HttpConnection.class.getName());

    /** Grizzly's words for queues that take as much as they are given, and as much as suits a socket. */
    private static final int ANY_SIZE = -1;

    private static final int USUAL_SIZE = -2;

    /** As much as the head of a request may have. It is all that a client can make us keep of requests whose turn has not come. */
    private static final int HEAD_BYTES = 8 * 1024;

    private final ConnectionLimiter door;

    ConnectionAddOn(ConnectionLimiter door) {
        this.door = door;
    }

    /** @return null for a session */
    static HttpConnection visit(Connection<?> connection) {
        return VISIT.get(connection);
    }

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        chain.add(0, this);
    }

    @Override
    public NextAction handleAccept(FilterChainContext context) {
        NIOConnection connection = (NIOConnection) context.getConnection();
        HttpConnection visit = new HttpConnection(new Socket(connection), network(connection));
        VISIT.set(connection, visit);
        // An answer is written as a whole and waits for nobody: the door sees to it that there is one at a time, and
        // not for long.
        connection.setMaxAsyncWriteQueueSize(ANY_SIZE);
        connection.setReadBufferSize(HEAD_BYTES);
        door.enter(visit, connection.getChannel());
        connection.closeFuture().addCompletionHandler(new EmptyCompletionHandler<>() {
            @Override
            public void completed(CloseReason reason) {
                door.leaves(visit);
            }
        });
        return context.getInvokeAction();
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        HttpConnection visit = VISIT.get(connection);
        if (visit == null) {
            return context.getInvokeAction();
        }
        visit.inHand = true;
        context.addCompletionListener(this::isRead);
        if (!door.waitsForNetwork(visit)) {
            return context.getInvokeAction();
        }
        // Nothing is read from a client that does not take its answers, whoever gave them.
        NextAction suspended = context.getSuspendAction();
        context.suspend();
        afterAllIsTaken(connection, () -> {
            door.isTaken(visit);
            context.resumeNext();
        });
        return suspended;
    }

    /** Called after all others that want to hear that this read is over: after it has left HTTP, if it does. */
    private void isRead(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        HttpConnection visit = VISIT.get(connection);
        if (visit != null) {
            if (EmbeddedWebSockets.isWebSocket(connection)) {
                ((NIOConnection) connection).setMaxAsyncWriteQueueSize(USUAL_SIZE);
                if (connection.isOpen()) {
                    connection.setReadBufferSize(connection.getTransport().getReadBufferSize());
                }
                VISIT.remove(connection);
                door.becomesSession(visit);
            }
            visit.inHand = false;
        }
    }

    /** Runs the task when the network has taken all that was written so far; never where the connection ends before. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static void afterAllIsTaken(Connection connection, Runnable task) {
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

    private record Socket(NIOConnection connection) implements HttpConnection.Line {
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
            // One that was closed is so until its selector has looked again.
            return connection.getChannel().isOpen() || connection.getChannel().isRegistered();
        }

        @Override
        public void cut() {
            connection.terminateSilently();
            // Its file is given back by the thread that waits for what comes, when that looks.
            SelectorRunner runner = connection.getSelectorRunner();
            Selector selector = runner == null ? null : runner.getSelector();
            if (selector != null) {
                selector.wakeup();
            }
        }
    }
}
