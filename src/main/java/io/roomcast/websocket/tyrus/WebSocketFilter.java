package io.roomcast.websocket.tyrus;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.attributes.AttributeStorage;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.Filter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContext;
import org.glassfish.grizzly.http.HttpServerFilter;

/**
 * Passes the input of a connection to its {@link WebSocketConnection}. No filter behind this one gets the bytes. One
 * filter serves all connections.
 */
public final class WebSocketFilter extends BaseFilter {
    private static final Attribute<WebSocketConnection> CONNECTION =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(WebSocketConnection.class.getName());

    /** The attributes in which the codec, HTTP and the server store the request of a connection. */
    private static final List<Attribute<Object>> REQUEST_ATTRIBUTES = Stream.of(
                    HttpServerFilter.HTTP_SERVER_REQUEST_ATTR_NAME,
                    HttpContext.class.getName(),
                    "HttpServerFilter.Request")
            .map(Grizzly.DEFAULT_ATTRIBUTE_BUILDER::createAttribute)
            .toList();

    /** Called at the end of a connection; null if the filters behind this one are called instead. */
    private final Filter closeFilter;

    /** For a chain with filters behind this one, which are called at the end of a connection. */
    public WebSocketFilter() {
        this(null);
    }

    /** @param closeFilter the only other filter that is called at the end of a connection */
    public WebSocketFilter(Filter closeFilter) {
        this.closeFilter = closeFilter;
    }

    /** Makes the filter pass all further input of the connection to the WebSocket. */
    public static void set(Connection<?> connection, WebSocketConnection webSocket) {
        CONNECTION.set(connection, webSocket);
    }

    /** Forgets the WebSocket of a connection that is closed. */
    public static void unset(Connection<?> connection) {
        CONNECTION.remove(connection);
    }

    /**
     * Releases the request of a connection. To be called when the connection has left HTTP and none of the HTTP filters
     * still processes it.
     */
    public static void releaseRequest(AttributeStorage connection) {
        REQUEST_ATTRIBUTES.forEach(attribute -> attribute.remove(connection));
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        Buffer bytes = context.getMessage();
        WebSocketConnection webSocket = CONNECTION.get(context.getConnection());
        // Null if the connection is being closed.
        NextAction next = webSocket == null ? context.getStopAction() : webSocket.read(context, bytes.toByteBuffer());
        bytes.tryDispose();
        return next;
    }

    @Override
    public NextAction handleClose(FilterChainContext context) throws IOException {
        return closeFilter == null ? context.getInvokeAction() : closeFilter.handleClose(context);
    }
}
