package io.roomcast.websocket.payara;

import io.roomcast.websocket.tyrus.WebSocketConnection;
import io.roomcast.websocket.tyrus.WebSocketFilter;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.HttpCodecFilter;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.Protocol;
import org.glassfish.grizzly.http.io.InputBuffer;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.utils.IdleTimeoutFilter;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeInfo;

/**
 * A connection of Payara that becomes a WebSocket, on its way out of HTTP. Left there, its bytes would come and go through the request that opened it, suspended for as long as the
 * connection lives: 20 KiB of objects, and a hand-over to another thread for each message that comes in.
 *
 * <p><b>Concurrency.</b> Grizzly reads a connection on one thread at a time, and reads on when that thread is through. The handshake is on this thread, here: the answer is in the queue, the
 * request has not ended. So nobody reads: what the client sends came with the request, or is still in the socket, and goes to the new filters next. The request is not taken away, it
 * ends as any other does: Payara resumes it when it leaves the service, on this thread, and reading goes on.
 */
final class PayaraConnection {
    private static final Logger LOG = System.getLogger(PayaraConnection.class.getName());

    /** By which HTTP ends a connection that has no request for some time. */
    private static final Attribute<Object> KEEP_ALIVE =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute("HttpServerFilter.KeepAliveContext");

    /**
     * The request that comes in over a connection. At the end of the connection the codec takes what it finds there for unfinished; by then another connection may have it, since
     * requests are used again.
     */
    private static final Attribute<Object> COMING_IN =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(HttpServerFilter.HTTP_SERVER_REQUEST_ATTR_NAME);

    /** The filters of connections that have left HTTP, by those that they came with: one for each listener of the server. */
    private static final Map<FilterChain, FilterChain> WEB_SOCKETS = Collections.synchronizedMap(new WeakHashMap<>());

    private final FilterChainContext context;
    private final Connection<SocketAddress> connection;
    private final HttpRequestPacket head;
    private final InputBuffer earlyBytes;
    private final FilterChain filters;
    private final LongSupplier limit;
    private final ScheduledExecutorService timer;

    @SuppressWarnings("unchecked") // a TCP connection has socket addresses
    private PayaraConnection(Request request, FilterChain filters, LongSupplier limit, ScheduledExecutorService timer) {
        this.context = request.getContext();
        this.connection = context.getConnection();
        this.head = request.getRequest();
        this.earlyBytes = request.getInputBuffer();
        this.filters = filters;
        this.limit = limit;
        this.timer = timer;
    }

    /**
     * @param limit bytes of a message that comes in, as it is now
     * @param timer runs short tasks later
     * @return null for a request that is not alone on its connection
     */
    static PayaraConnection of(Request request, LongSupplier limit, ScheduledExecutorService timer) {
        return request != null
                        && request.getContext() != null
                        && request.getRequest().getProtocol() == Protocol.HTTP_1_1
                        && request.getContext().getConnection().getProcessor() instanceof FilterChain http
                        && http.indexOfType(HttpCodecFilter.class) > 0
                ? new PayaraConnection(
                        request, WEB_SOCKETS.computeIfAbsent(http, PayaraConnection::withoutHttp), limit, timer)
                : null;
    }

    /** The filters of HTTP stay behind: they get no byte, but some have to hear of the end. */
    private static FilterChain withoutHttp(FilterChain http) {
        int codec = http.indexOfType(HttpCodecFilter.class);
        return FilterChainBuilder.stateless()
                .addAll(http.subList(0, codec))
                .add(new WebSocketFilter())
                .addAll(http.subList(codec, http.size()))
                .build();
    }

    /**
     * To be called when the answer to the handshake is written.
     *
     * @param http whose end is the request's
     */
    void detach(UpgradeInfo upgrade, WebConnection http) {
        try {
            connection.setProcessor(filters);
            WebSocketConnection webSocket = new WebSocketConnection(connection, limit, timer);
            WebSocketFilter.set(connection, webSocket);
            webSocket.open(upgrade);
            if (earlyBytes.available() > 0) {
                // It came with the request, and so is not in the socket.
                webSocket.read(earlyBytes.readBuffer().toByteBuffer());
            }
            // Otherwise HTTP would close the connection when its request has ended, or when no other follows for a
            // time.
            head.getUpgradeDC().recycle();
            head.setExpectContent(false);
            head.getProcessingState().setKeepAlive(true);
            KEEP_ALIVE.remove(connection);
            COMING_IN.remove(connection);
            if (filters.indexOfType(IdleTimeoutFilter.class) >= 0) {
                IdleTimeoutFilter.setCustomTimeout(connection, IdleTimeoutFilter.FOREVER, TimeUnit.MILLISECONDS);
            }
            context.addCompletionListener(done -> WebSocketFilter.releaseRequest(connection));
            http.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a connection that broke in its handshake", e);
            connection.closeSilently();
        } catch (Exception e) {
            // Of this connection alone: it is closed, not left where nobody would read it.
            LOG.log(Level.WARNING, "A connection was closed in its handshake", e);
            connection.closeSilently();
        }
    }
}
