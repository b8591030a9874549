package io.roomcast.websocket;

import java.io.IOException;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.Filter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;

/** Hands the bytes of the embedded server's WebSocket connections to them. One for all connections. */
public final class WebSocketFilter extends BaseFilter {
    private static final Attribute<WebSocketConnection> CONNECTION =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(WebSocketConnection.class.getName());

    private final Filter idle;

    /** @param idle the filter that lists connections to find silent ones: it has to hear of their end, and of nothing else */
    public WebSocketFilter(Filter idle) {
        this.idle = idle;
    }

    /** From when on its bytes come here. */
    public static void set(Connection<?> connection, WebSocketConnection webSocket) {
        CONNECTION.set(connection, webSocket);
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
        return idle.handleClose(context);
    }
}
