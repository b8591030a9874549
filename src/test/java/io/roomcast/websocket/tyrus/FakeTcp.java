package io.roomcast.websocket.tyrus;

import java.lang.reflect.Proxy;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.CompletionHandler;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.ssl.SSLFilter;

/**
 * A TCP connection of Grizzly of which the test says when the network takes what was written. It has the filter of TLS,
 * because what is written then goes through the connection itself.
 */
final class FakeTcp {
    /** In hexadecimal. */
    private final List<String> frames = new ArrayList<>();

    private final Queue<CompletionHandler<?>> handlers = new ArrayDeque<>();
    private boolean cut;
    private boolean closed;

    @SuppressWarnings("unchecked")
    Connection<SocketAddress> connection() {
        var filters = FilterChainBuilder.stateless().add(new SSLFilter()).build();
        return (Connection<SocketAddress>) Proxy.newProxyInstance(
                FakeTcp.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getProcessor" -> filters;
                    case "write" -> write((Buffer) arguments[0], (CompletionHandler<?>) arguments[1]);
                    case "terminateSilently" -> {
                        cut = true;
                        yield null;
                    }
                    case "closeSilently" -> {
                        closed = true;
                        yield null;
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private Object write(Buffer frame, CompletionHandler<?> handler) {
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        frames.add(HexFormat.of().formatHex(bytes));
        handlers.add(handler);
        return null;
    }

    /** The network takes the oldest frame that it has not taken. */
    void take() {
        handlers.remove().completed(null);
    }

    List<String> frames() {
        return frames;
    }

    /** Frames that were written and that the network has not taken. */
    int inFlight() {
        return handlers.size();
    }

    boolean isCut() {
        return cut;
    }

    boolean isClosed() {
        return closed;
    }
}
