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

/** Hands the bytes of connections that have left HTTP to them; no filter behind it sees them. One for all connections. */
public final class WebSocketFilter extends BaseFilter {
    private static final Attribute<WebSocketConnection> CONNECTION =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(WebSocketConnection.class.getName());

    /** Where a connection keeps the request that opened it: for the codec, for HTTP, and for the server. */
    private static final List<Attribute<Object>> REQUEST = Stream.of(
                    HttpServerFilter.HTTP_SERVER_REQUEST_ATTR_NAME,
                    HttpContext.class.getName(),
                    "HttpServerFilter.Request")
            .map(Grizzly.DEFAULT_ATTRIBUTE_BUILDER::createAttribute)
            .toList();

    private final Filter last;

    /** With filters behind it that have to hear of the end of a connection, and of nothing else. */
    public WebSocketFilter() {
        this(null);
    }

    /** @param last the one filter that has to hear of the end */
    public WebSocketFilter(Filter last) {
        this.last = last;
    }

    /** From when on its bytes come here. */
    public static void set(Connection<?> connection, WebSocketConnection webSocket) {
        CONNECTION.set(connection, webSocket);
    }

    /** For a connection that has left HTTP, when none of its old filters has anything in hand. */
    public static void releaseRequest(AttributeStorage connection) {
        REQUEST.forEach(attribute -> attribute.remove(connection));
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        Buffer bytes = context.getMessage();
        NextAction next = CONNECTION.get(context.getConnection()).read(context, bytes.toByteBuffer());
        bytes.tryDispose();
        return next;
    }

    @Override
    public NextAction handleClose(FilterChainContext context) throws IOException {
        return last == null ? context.getInvokeAction() : last.handleClose(context);
    }
}
