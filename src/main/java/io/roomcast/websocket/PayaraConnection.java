package io.roomcast.websocket;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.HttpCodecFilter;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response.SuspendedContextImpl;
import org.glassfish.grizzly.ssl.SSLFilter;

/**
 * A WebSocket connection of Payara on its way out of HTTP. At first its bytes come and go through the request that opened it, suspended for as long as the
 * connection lives: 20 KiB of objects, and a hand-over to another thread for each message that comes in. {@link #leave} leads the bytes past it, {@link #letGo} makes
 * the server forget it. Payara has no public way to any of this.
 *
 * <p><b>Concurrency.</b> Grizzly reads a connection on one thread at a time, and reads on only when the request's reader has taken what came: so nothing can
 * overtake, whenever the filters are exchanged. A thread that had the old ones in hand just then needs the request for some microseconds more; that is why
 * there is time between the steps. Writing is guarded by the monitor of Tyrus' writer, which Tyrus takes for each write.
 */
final class PayaraConnection implements WebConnection {
    private static final Attribute<org.glassfish.tyrus.spi.Connection> WEB_SOCKET =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(PayaraConnection.class.getName());

    /** Counts how often the request was suspended and went on. */
    private static final String SUSPENSIONS = "modCount";

    /** The filters of connections that have left HTTP, by those that they came with: one for each listener of the server. */
    private static final Map<FilterChain, FilterChain> WEB_SOCKETS = Collections.synchronizedMap(new WeakHashMap<>());

    private final Object writer;
    private final Object handler;
    private final Connection<?> connection;
    private final ServletOutputStream out;
    /** Which of the request's suspensions is this connection's: the server takes the object again, for another. */
    private final Object suspension;

    private Object request;

    private PayaraConnection(
            Object writer, Object handler, Object request, Connection<?> connection, Object suspension) {
        this.writer = writer;
        this.handler = handler;
        this.request = request;
        this.connection = connection;
        this.suspension = suspension;
        this.out = new PayaraOutput(connection);
    }

    /** @return null while the connection is still being opened, and when it has ended */
    static PayaraConnection of(Object writer) throws ReflectiveOperationException {
        Object handler = TyrusAccess.get(TyrusAccess.get(writer, "tyrusHttpUpgradeHandler"), "handler");
        if (handler == null || TyrusAccess.get(handler, "connection") == null) {
            return null;
        }
        Object request = TyrusAccess.get(TyrusAccess.get(handler, "wc"), "request");
        Request http = http(request);
        FilterChainContext context = http.getContext();
        Connection<?> connection = context == null ? null : context.getConnection();
        Object suspension = TyrusAccess.get(http.getResponse().getSuspendContext(), SUSPENSIONS);
        // Looked at last: until it ends, the request is this connection's, and so is what was found.
        boolean isOurs = TyrusAccess.get(request, "upgrade").equals(true)
                && TyrusAccess.get(request, "httpUpgradeHandler") == handler;
        return isOurs && connection != null
                ? new PayaraConnection(writer, handler, request, connection, suspension)
                : null;
    }

    private static Request http(Object request) throws ReflectiveOperationException {
        return (Request) TyrusAccess.get(request, "coyoteRequest");
    }

    Connection<?> connection() {
        return connection;
    }

    /** With TLS it cannot: the old filters would keep the part of a record that they have read already. */
    boolean canLeave() {
        return connection.getProcessor() instanceof FilterChain http
                && http.indexOfType(HttpCodecFilter.class) > 0
                && http.indexOfType(SSLFilter.class) < 0;
    }

    /** @return false when something waits to be written the old way: then it may leave later */
    boolean leave() throws ReflectiveOperationException {
        synchronized (writer) {
            if (!((Collection<?>) TyrusAccess.get(writer, "queue")).isEmpty()) {
                return false;
            }
            TyrusAccess.set(writer, "servletOutputStream", out);
            TyrusAccess.set(handler, "wc", this);
        }
        WEB_SOCKET.set(connection, (org.glassfish.tyrus.spi.Connection) TyrusAccess.get(handler, "connection"));
        connection.setProcessor(
                WEB_SOCKETS.computeIfAbsent((FilterChain) connection.getProcessor(), PayaraConnection::withoutHttp));
        return true;
    }

    /** The filters of HTTP stay behind: they get no byte, but some have to hear of the end. */
    private static FilterChain withoutHttp(FilterChain http) {
        int codec = http.indexOfType(HttpCodecFilter.class);
        return FilterChainBuilder.stateless()
                .addAll(http.subList(0, codec))
                .add(new FrameFilter(WEB_SOCKET))
                .addAll(http.subList(codec, http.size()))
                .build();
    }

    /** To be called some time after {@link #leave}. Does nothing when the connection has ended meanwhile. */
    void letGo() throws ReflectiveOperationException {
        Request http = http(request);
        SuspendedContextImpl suspended =
                (SuspendedContextImpl) http.getResponse().getSuspendContext();
        synchronized (suspended) {
            if (!TyrusAccess.get(suspended, SUSPENSIONS).equals(suspension)) {
                request = null;
                return;
            }
            // It waits for the end of the connection otherwise. Nothing is resumed.
            suspended.markResumed();
        }
        FrameFilter.forgetRequest(connection);
        for (String field : List.of("is", "os", "upgradeInfo")) {
            TyrusAccess.set(handler, field, null);
        }
        // CDI keeps what it made with the handler until it hears that.
        Object application = call(request, "getContext");
        application
                .getClass()
                .getMethod("fireContainerEvent", String.class, Object.class)
                .invoke(application, "predestroy", handler);
        // Each of the server's threads holds on to the last request that it opened: nothing of the application may hang
        // there.
        call(request, "recycle");
        TyrusAccess.set(request, "httpUpgradeHandler", null);
        TyrusAccess.set(request, "webConnection", null);
        http.getInputBuffer().recycle();
        request = null;
    }

    private static Object call(Object object, String method) throws ReflectiveOperationException {
        return object.getClass().getMethod(method).invoke(object);
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        throw new IOException("what comes in goes to Tyrus directly");
    }

    @Override
    public ServletOutputStream getOutputStream() {
        return out;
    }

    @Override
    public void close() {
        connection.closeSilently();
    }
}
