package io.roomcast.standalone;

import io.roomcast.websocket.tyrus.WebSocketConnection;
import io.roomcast.websocket.tyrus.WebSocketFilter;
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
 * Makes WebSocket connections of requests for one, by way of Tyrus's interface for servers ({@code org.glassfish.tyrus.spi}). Such a connection leaves HTTP: its bytes
 * pass none of the filters for requests any more, the request that opened it is let go, which Grizzly would keep, 10 KiB of it, and Grizzly's time for idle connections
 * holds for it no more: its heartbeat finds out whether it lives.
 */
final class HandshakeAddOn extends BaseFilter implements AddOn {
    private static final int BAD_REQUEST = 400;

    private final WebSocketEngine engine;
    private final Refusal refusal;
    private final LongSupplier limit;
    private final ScheduledExecutorService timer;

    /** Of all connections that have become WebSockets; made with the first of them. */
    private volatile FilterChain webSockets;

    /**
     * @param limit bytes of a message that comes in, as it is now
     * @param timer runs short tasks later
     */
    HandshakeAddOn(WebSocketEngine engine, Refusal refusal, LongSupplier limit, ScheduledExecutorService timer) {
        this.engine = engine;
        this.refusal = refusal;
        this.limit = limit;
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
                ? shakeHands(context, request, content)
                : context.getInvokeAction();
    }

    @SuppressWarnings("unchecked") // a TCP connection has socket addresses
    private NextAction shakeHands(FilterChainContext context, HttpRequestPacket request, HttpContent content) {
        Connection<SocketAddress> connection = context.getConnection();
        WebSocketConnection webSocket = new WebSocketConnection(connection, limit, timer);
        UpgradeResponse answer = new TyrusUpgradeResponse();
        RequestContext handshake;
        try {
            handshake = handshake(request);
        } catch (IllegalArgumentException e) {
            return refusal.of(context, request, BAD_REQUEST, "no handshake");
        }
        WebSocketEngine.UpgradeInfo upgrade = engine.upgrade(handshake, answer);
        return switch (upgrade.getStatus()) {
            // Some clients offer it with whatever they ask for.
            case NOT_APPLICABLE -> context.getInvokeAction();
            case HANDSHAKE_FAILED -> {
                setHeaders(request.getResponse(), answer);
                yield refusal.of(context, request, answer.getStatus(), "no handshake");
            }
            case SUCCESS -> {
                HttpResponsePacket response = request.getResponse();
                response.setProtocol(Protocol.HTTP_1_1);
                response.setStatus(answer.getStatus());
                response.setReasonPhrase(answer.getReasonPhrase());
                setHeaders(response, answer);
                context.write(HttpContent.builder(response).build());
                leaveHttp(context, webSocket);
                webSocket.open(upgrade);
                ByteBuffer early = content.getContent().toByteBuffer();
                if (early.hasRemaining()) {
                    webSocket.read(early);
                }
                yield context.getStopAction();
            }
        };
    }

    /** The handshake as Tyrus takes it. */
    private static RequestContext handshake(HttpRequestPacket request) {
        Parameters query = new Parameters();
        query.setQuery(request.getQueryStringDC());
        query.setQueryStringEncoding(Charsets.UTF8_CHARSET);
        Map<String, String[]> parameters = new HashMap<>();
        query.getParameterNames().forEach(name -> parameters.put(name, query.getParameterValues(name)));
        RequestContext handshake = RequestContext.Builder.create()
                .requestURI(URI.create(request.getRequestURI()))
                .queryString(request.getQueryString())
                .parameterMap(parameters)
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

    private static void setHeaders(HttpResponsePacket response, UpgradeResponse answer) {
        answer.getHeaders().forEach((name, values) -> response.setHeader(name, Utils.getHeaderFromList(values)));
    }

    /** When none of its old filters has anything of it in hand. */
    private void leaveHttp(FilterChainContext context, WebSocketConnection webSocket) {
        Connection<?> connection = context.getConnection();
        FilterChain http = context.getFilterChain();
        WebSocketFilter.set(connection, webSocket);
        IdleTimeoutFilter.setCustomTimeout(connection, IdleTimeoutFilter.FOREVER, TimeUnit.MILLISECONDS);
        context.addCompletionListener(done -> {
            connection.setProcessor(webSockets(http));
            WebSocketFilter.forgetRequest(connection);
        });
    }

    /** Whether it is a WebSocket, and no request of HTTP will come over it any more. */
    static boolean hasLeft(Connection<?> connection) {
        return connection.getProcessor() instanceof FilterChain chain && chain.indexOfType(WebSocketFilter.class) >= 0;
    }

    private FilterChain webSockets(FilterChain http) {
        FilterChain known = webSockets;
        if (known == null) {
            known = FilterChainBuilder.stateless()
                    .addAll(http.subList(0, http.indexOfType(HttpCodecFilter.class)))
                    .add(new WebSocketFilter(http.get(http.indexOfType(IdleTimeoutFilter.class))))
                    .build();
            webSockets = known;
        }
        return known;
    }
}
