package io.roomcast.websocket.tyrus;

import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpCodecFilter;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.Protocol;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.util.Parameters;
import org.glassfish.grizzly.utils.Charsets;
import org.glassfish.grizzly.utils.IdleTimeoutFilter;
import org.glassfish.tyrus.core.RequestContext;
import org.glassfish.tyrus.core.TyrusUpgradeResponse;
import org.glassfish.tyrus.core.Utils;
import org.glassfish.tyrus.spi.UpgradeResponse;
import org.glassfish.tyrus.spi.WebSocketEngine;

/**
 * Accepts WebSocket handshakes on the embedded server, through Tyrus's interface for servers ({@code
 * org.glassfish.tyrus.spi}). A connection that becomes a WebSocket leaves HTTP. Its bytes no longer pass the filters
 * for requests. Grizzly would keep the first request, so it is released. Grizzly's idle timeout does not apply to the
 * connection any more, because the heartbeat detects whether the connection is alive.
 */
public final class HandshakeAddOn extends BaseFilter implements AddOn {
    /** Answers a handshake that is not valid, and ends its connection. */
    @FunctionalInterface
    public interface Rejection {
        /** @return what the calling filter must return */
        NextAction reject(FilterChainContext context, HttpRequestPacket request);
    }

    private final WebSocketEngine engine;
    private final Rejection rejection;
    private final LongSupplier messageLimit;
    private final ScheduledExecutorService timer;

    /** The filters of all WebSocket connections; null before the first connection. */
    private volatile FilterChain webSocketChain;

    /**
     * @param limit current limit of a message from a client, in bytes
     * @param timer for short tasks with a delay
     */
    public HandshakeAddOn(
            WebSocketEngine engine, Rejection rejection, LongSupplier limit, ScheduledExecutorService timer) {
        this.engine = engine;
        this.rejection = rejection;
        this.messageLimit = limit;
        this.timer = timer;
    }

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        chain.add(chain.indexOfType(HttpServerFilter.class), this);
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        HttpContent content = context.getMessage();
        return content.getHttpHeader() instanceof HttpRequestPacket request
                        && "websocket".equalsIgnoreCase(request.getUpgrade())
                ? handshake(context, request, content)
                : context.getInvokeAction();
    }

    @SuppressWarnings("unchecked") // a TCP connection has socket addresses
    private NextAction handshake(FilterChainContext context, HttpRequestPacket request, HttpContent content) {
        Connection<SocketAddress> connection = context.getConnection();
        WebSocketConnection webSocket = new WebSocketConnection(connection, messageLimit, timer);
        UpgradeResponse tyrusResponse = new TyrusUpgradeResponse();
        RequestContext handshake;
        try {
            handshake = requestContext(request);
        } catch (IllegalArgumentException e) {
            return rejection.reject(context, request);
        }
        WebSocketEngine.UpgradeInfo upgrade = engine.upgrade(handshake, tyrusResponse);
        return switch (upgrade.getStatus()) {
            // Tyrus does not regard the request as a handshake. Some clients send the header Upgrade with every
            // request.
            case NOT_APPLICABLE -> context.getInvokeAction();
            case HANDSHAKE_FAILED -> rejection.reject(context, request);
            case SUCCESS -> {
                HttpResponsePacket response = request.getResponse();
                response.setProtocol(Protocol.HTTP_1_1);
                response.setStatus(tyrusResponse.getStatus());
                response.setReasonPhrase(tyrusResponse.getReasonPhrase());
                setHeaders(response, tyrusResponse);
                context.write(HttpContent.builder(response).build());
                leaveHttp(context, webSocket);
                webSocket.open(upgrade);
                ByteBuffer earlyBytes = content.getContent().toByteBuffer();
                if (earlyBytes.hasRemaining()) {
                    webSocket.read(earlyBytes);
                }
                yield context.getStopAction();
            }
        };
    }

    /** Converts the handshake to the form that Tyrus expects. */
    private static RequestContext requestContext(HttpRequestPacket request) {
        RequestContext handshake = RequestContext.Builder.create()
                .requestURI(URI.create(request.getRequestURI()))
                .queryString(request.getQueryString())
                .parameterMap(parameters(request))
                .remoteAddr(request.getRemoteAddress())
                .serverAddr(request.getLocalAddress())
                .serverPort(request.getLocalPort())
                .build();
        for (String name : request.getHeaders().names()) {
            for (String value : request.getHeaders().values(name)) {
                handshake
                        .getHeaders()
                        .computeIfAbsent(name, first -> new ArrayList<>())
                        .addAll(Utils.parseHeaderValue(value.trim()));
            }
        }
        return handshake;
    }

    private static Map<String, String[]> parameters(HttpRequestPacket request) {
        Map<String, String[]> parameters = new HashMap<>();
        if (!request.getQueryStringDC().isNull()) {
            Parameters query = new Parameters(); // 10 KB, which most handshakes do not need.
            query.setQuery(request.getQueryStringDC());
            query.setQueryStringEncoding(Charsets.UTF8_CHARSET);
            query.getParameterNames().forEach(name -> parameters.put(name, query.getParameterValues(name)));
        }
        return parameters;
    }

    private static void setHeaders(HttpResponsePacket response, UpgradeResponse tyrusResponse) {
        tyrusResponse.getHeaders().forEach((name, values) -> response.setHeader(name, Utils.getHeaderFromList(values)));
    }

    /** Takes the connection out of HTTP. The filters are replaced when the old filters have finished with this read. */
    private void leaveHttp(FilterChainContext context, WebSocketConnection webSocket) {
        Connection<?> connection = context.getConnection();
        FilterChain http = context.getFilterChain();
        WebSocketFilter.set(connection, webSocket);
        IdleTimeoutFilter.setCustomTimeout(connection, IdleTimeoutFilter.FOREVER, TimeUnit.MILLISECONDS);
        context.addCompletionListener(done -> {
            connection.setProcessor(webSocketChain(http));
            WebSocketFilter.releaseRequest(connection);
        });
    }

    private FilterChain webSocketChain(FilterChain http) {
        FilterChain filters = webSocketChain;
        if (filters == null) {
            filters = FilterChainBuilder.stateless()
                    .addAll(http.subList(0, http.indexOfType(HttpCodecFilter.class)))
                    .add(new WebSocketFilter(http.get(http.indexOfType(IdleTimeoutFilter.class))))
                    .build();
            webSocketChain = filters;
        }
        return filters;
    }
}
