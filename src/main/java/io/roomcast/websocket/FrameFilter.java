package io.roomcast.websocket;

import jakarta.websocket.CloseReason;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.attributes.AttributeStorage;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContext;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.tyrus.spi.Connection;

/** Hands the bytes of connections that have left HTTP to Tyrus; no filter behind it sees them. One for all connections. */
public final class FrameFilter extends BaseFilter {
    /**
     * What Tyrus' buffer has room for, beside the beginning of a frame. Grizzly reads more at once where its thread has written more at once before: it
     * takes the same buffer again, whole.
     */
    private static final int MOST_AT_ONCE = TyrusBuffer.READ_BYTES / 2;

    /** Where a connection keeps the request that opened it: for the codec, for HTTP, and for the server. */
    private static final List<Attribute<Object>> REQUEST = Stream.of(
                    HttpServerFilter.HTTP_SERVER_REQUEST_ATTR_NAME,
                    HttpContext.class.getName(),
                    "HttpServerFilter.Request")
            .map(Grizzly.DEFAULT_ATTRIBUTE_BUILDER::createAttribute)
            .toList();

    private final Attribute<Connection> webSockets;

    /** @param webSockets where a connection keeps what Tyrus made of it; what has none there is closed, and its bytes are nobody's */
    public FrameFilter(Attribute<Connection> webSockets) {
        this.webSockets = webSockets;
    }

    /** For a connection that has left HTTP, when none of its old filters has anything in hand. */
    public static void forgetRequest(AttributeStorage connection) {
        REQUEST.forEach(attribute -> attribute.remove(connection));
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        Buffer bytes = context.getMessage();
        int end = bytes.limit();
        asApplication(() -> {
            for (int from = bytes.position(); from < end; from += MOST_AT_ONCE) {
                Connection webSocket = webSockets.get(context.getConnection());
                if (webSocket == null) {
                    return;
                }
                ByteBuffer part = bytes.toByteBuffer(from, Math.min(end, from + MOST_AT_ONCE));
                webSocket.getReadHandler().handle(part);
            }
        });
        bytes.tryDispose();
        return context.getStopAction();
    }

    @Override
    public NextAction handleClose(FilterChainContext context) {
        Connection webSocket = webSockets.remove(context.getConnection());
        if (webSocket != null) {
            ended(webSocket);
        }
        return context.getInvokeAction();
    }

    /** Tells what Tyrus made of a connection that the connection has ended; once is enough. */
    static void ended(Connection webSocket) {
        asApplication(
                () -> webSocket.close(new CloseReason(CloseReason.CloseCodes.CLOSED_ABNORMALLY, "connection lost")));
    }

    /** The server's thread comes with the server's class loader; what is called may look for classes of the application. */
    private static void asApplication(Runnable task) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(FrameFilter.class.getClassLoader());
        try {
            task.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
