package io.roomcast.websocket.payara;

import io.roomcast.websocket.tyrus.WebSocketConnection;
import io.roomcast.websocket.tyrus.WebSocketFilter;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.glassfish.grizzly.CloseListener;
import org.glassfish.grizzly.CloseType;
import org.glassfish.grizzly.Closeable;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.Processor;
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
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.utils.IdleTimeoutFilter;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeInfo;

/**
 * Takes a connection of Payara out of HTTP when it becomes a WebSocket. Otherwise all its bytes would pass through the
 * request that opened it. That request would stay suspended as long as the connection lives
 * (docs/decisions/0013-leaving-http-on-payara.md).
 *
 * <p><b>Concurrency.</b> Grizzly reads a connection on one thread at a time, and reads more only when that thread is
 * done. {@link #detach} runs on that thread. At that time the response to the handshake is queued and the request has
 * not ended, so no other thread reads. Bytes that the client sent early came with the request, or are still in the
 * socket and go to the new filters. The request ends like any other: Payara resumes it on this thread when it leaves
 * the service, and then Grizzly reads again, on a thread of {@link WebSocketSelectors}.
 */
final class PayaraConnection {
    private static final Logger LOG = System.getLogger(PayaraConnection.class.getName());
    /** What a connection keeps for each chain of filters that it has had. Null where this Grizzly has other fields. */
    private static final Field STATES_OF_CONNECTION = field(NIOConnection.class, "processorStateStorage");

    private static final Field STATES =
            STATES_OF_CONNECTION == null ? null : field(STATES_OF_CONNECTION.getType(), "processorStatesMap");

    /** With this attribute, HTTP closes a connection that has had no request for some time. */
    private static final Attribute<Object> KEEP_ALIVE_CONTEXT =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute("HttpServerFilter.KeepAliveContext");

    /**
     * The request that Grizzly is reading from a connection. When the connection ends, the codec marks this request as
     * unfinished. But Grizzly reuses requests, and by then the request may belong to another connection.
     */
    private static final Attribute<Object> CURRENT_REQUEST =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(HttpServerFilter.HTTP_SERVER_REQUEST_ATTR_NAME);

    /** The filters of WebSocket connections, by the HTTP filters of their listener. */
    private static final Map<FilterChain, FilterChain> WEB_SOCKET_FILTERS =
            Collections.synchronizedMap(new WeakHashMap<>());

    private final FilterChainContext context;
    private final Connection<SocketAddress> connection;
    private final WebSocketSelectors selectors;
    private final HttpRequestPacket head;
    private final InputBuffer earlyBytes;
    private final FilterChain webSocketFilters;
    private final LongSupplier limit;
    private final ScheduledExecutorService timer;

    @SuppressWarnings("unchecked") // a TCP connection has socket addresses
    private PayaraConnection(
            Request request,
            FilterChain webSocketFilters,
            WebSocketSelectors selectors,
            LongSupplier limit,
            ScheduledExecutorService timer) {
        this.selectors = selectors;
        this.context = request.getContext();
        this.connection = context.getConnection();
        this.head = request.getRequest();
        this.earlyBytes = request.getInputBuffer();
        this.webSocketFilters = webSocketFilters;
        this.limit = limit;
        this.timer = timer;
    }

    /**
     * @param selectors read the connection when it is a WebSocket
     * @param limit current limit of a message from a client, in bytes
     * @param timer for short tasks with a delay
     * @return null for a request that shares its connection with others, as with HTTP/2
     */
    static PayaraConnection of(
            Request request, WebSocketSelectors selectors, LongSupplier limit, ScheduledExecutorService timer) {
        return request != null
                        && request.getContext() != null
                        && request.getRequest().getProtocol() == Protocol.HTTP_1_1
                        && request.getContext().getConnection().getProcessor() instanceof FilterChain http
                        && http.indexOfType(HttpCodecFilter.class) > 0
                ? new PayaraConnection(
                        request,
                        WEB_SOCKET_FILTERS.computeIfAbsent(http, PayaraConnection::withWebSocketFilter),
                        selectors,
                        limit,
                        timer)
                : null;
    }

    /**
     * Puts our filter in front of the HTTP filters. They get no bytes, but some of them must handle the end of a
     * connection.
     */
    private static FilterChain withWebSocketFilter(FilterChain http) {
        int codec = http.indexOfType(HttpCodecFilter.class);
        return FilterChainBuilder.stateless()
                .addAll(http.subList(0, codec))
                .add(new WebSocketFilter())
                .addAll(http.subList(codec, http.size()))
                .build();
    }

    /**
     * To be called when the response to the handshake is written.
     *
     * @param webConnection Payara's view of the connection; closing it ends the request
     */
    void detach(UpgradeInfo upgrade, WebConnection webConnection) {
        try {
            if (connection instanceof NIOConnection own) {
                selectors.take(own);
            }
            Processor<?> http = connection.getProcessor();
            connection.setProcessor(webSocketFilters);
            WebSocketConnection webSocket = new WebSocketConnection(connection, limit, timer);
            WebSocketFilter.set(connection, webSocket);
            CloseListener<Closeable, CloseType> onClose = (closed, how) -> release(http);
            connection.addCloseListener(onClose);
            webSocket.open(upgrade);
            if (earlyBytes.available() > 0) {
                // These bytes came with the request and are no longer in the socket.
                webSocket.read(earlyBytes.readBuffer().toByteBuffer());
            }
            // Without these lines, HTTP would close the connection after its request, or when no other request follows.
            head.getUpgradeDC().recycle();
            head.setExpectContent(false);
            head.getProcessingState().setKeepAlive(true);
            KEEP_ALIVE_CONTEXT.remove(connection);
            CURRENT_REQUEST.remove(connection);
            if (webSocketFilters.indexOfType(IdleTimeoutFilter.class) >= 0) {
                IdleTimeoutFilter.setCustomTimeout(connection, IdleTimeoutFilter.FOREVER, TimeUnit.MILLISECONDS);
            }
            context.addCompletionListener(done -> WebSocketFilter.releaseRequest(connection));
            webConnection.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a connection broke in its handshake", e);
            connection.closeSilently();
        } catch (Exception e) {
            // The failure concerns this connection only. It is closed, because nothing would read it.
            LOG.log(Level.WARNING, "A connection was closed in its handshake", e);
            connection.closeSilently();
        }
    }

    /**
     * Takes everything of this application off a closed connection. Threads of Grizzly keep their last responses for later
     * use, and these keep their connections, which would keep an undeployed application in memory.
     */
    private void release(Processor<?> http) {
        connection.setProcessor(http);
        WebSocketFilter.unset(connection);
        try {
            if (STATES != null && STATES.get(STATES_OF_CONNECTION.get(connection)) instanceof Map<?, ?> states) {
                states.remove(webSocketFilters);
            }
        } catch (IllegalAccessException e) {
            LOG.log(Level.DEBUG, "Grizzly keeps the filters of a closed connection", e);
        }
    }

    private static Field field(Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException | RuntimeException e) {
            LOG.log(Level.DEBUG, "Grizzly keeps the filters of closed connections", e);
            return null;
        }
    }
}
