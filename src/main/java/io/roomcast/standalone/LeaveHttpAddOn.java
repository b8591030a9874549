package io.roomcast.standalone;

import io.roomcast.websocket.FrameFilter;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpCodecFilter;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.utils.IdleTimeoutFilter;

/**
 * Takes a connection out of HTTP once it has become a WebSocket: from then on its bytes go to Tyrus without passing the filters for requests, and the
 * request that opened it is let go. Grizzly would keep that, 10 KiB of it, for as long as the connection lives.
 */
final class LeaveHttpAddOn extends BaseFilter implements AddOn {
    /** Tyrus's own; the class is not public. */
    private static final String TYRUS_FILTER = "org.glassfish.tyrus.container.grizzly.server.GrizzlyServerFilter";

    /** Where Tyrus keeps what is a WebSocket. */
    private static final Attribute<org.glassfish.tyrus.spi.Connection> WEB_SOCKET =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(TYRUS_FILTER + ".Connection");

    /** Of all connections that have become WebSockets; made with the first of them. */
    private volatile FilterChain webSockets;

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        chain.add(chain.indexOfType(org.glassfish.grizzly.http.server.HttpServerFilter.class), this);
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        HttpContent content = context.getMessage();
        if (content.getHttpHeader().isUpgrade()) {
            context.addCompletionListener(this::leaveHttp);
        }
        return context.getInvokeAction();
    }

    private void leaveHttp(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        if (connection.getProcessor() instanceof FilterChain chain
                && chain != webSockets
                && WEB_SOCKET.get(connection) != null) {
            connection.setProcessor(webSockets(chain));
            FrameFilter.forgetRequest(connection);
        }
    }

    /** Whether it is a WebSocket, and no request of HTTP will come over it any more. */
    static boolean hasLeft(Connection<?> connection) {
        return WEB_SOCKET.get(connection) != null
                && connection.getProcessor() instanceof FilterChain chain
                && chain.indexOfType(HttpCodecFilter.class) < 0;
    }

    private FilterChain webSockets(FilterChain http) {
        FilterChain known = webSockets;
        if (known == null) {
            known = FilterChainBuilder.stateless()
                    .addAll(http.subList(0, http.indexOfType(HttpCodecFilter.class)))
                    // It lists every connection, takes a silent one for dead, and has to hear of its end.
                    .add(http.get(http.indexOfType(IdleTimeoutFilter.class)))
                    .add(new FrameFilter(WEB_SOCKET))
                    .build();
            webSockets = known;
        }
        return known;
    }
}
