package io.roomcast.standalone;

import io.roomcast.http.ErrorBody;
import io.roomcast.http.Problem;
import io.roomcast.service.admission.Verdict;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.filterchain.TransportFilter;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * Answers a rejected request, and ends its connection. Further input is discarded until the {@link ConnectionLimiter}
 * closes the connection. It is not closed at once, because TCP resets a connection that is closed with unread input,
 * and the client might never see the response.
 */
final class ErrorResponder {
    private static final Logger LOG = System.getLogger(ErrorResponder.class.getName());

    private final ConnectionLimiter limiter;
    private final FilterChain discarding = FilterChainBuilder.stateless()
            .add(new TransportFilter())
            .add(new BaseFilter() {
                @Override
                public NextAction handleRead(FilterChainContext context) {
                    if (context.getMessage() instanceof Buffer buffer) {
                        buffer.tryDispose();
                    }
                    return context.getStopAction();
                }
            })
            .build();

    ErrorResponder(ConnectionLimiter limiter) {
        this.limiter = limiter;
    }

    /** @return what the calling filter must return; nothing else of the connection is processed */
    NextAction reject(FilterChainContext context, HttpRequestPacket request, Verdict verdict) {
        ErrorBody body = ErrorBody.of(Problem.of(verdict), request.getRequestURI(), request.getHeader("Accept"));
        HttpResponsePacket response = request.getResponse();
        response.setStatus(verdict.status());
        response.setReasonPhrase(verdict.reason());
        // Grizzly writes neither the type nor the length of a response that it takes for an upgrade.
        request.setIgnoreContentModifiers(false);
        verdict.headers()
                .forEach((name, value) -> response.getHeaders().setValue(name).setString(value));
        response.setContentType(body.contentType());
        response.setContentLength(body.bytes().length);
        response.setHeader(Header.Connection, "close");
        context.write(response.httpContentBuilder()
                .content(Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, body.bytes()))
                .last(true)
                .build());
        Connection<?> connection = context.getConnection();
        HttpConnection http = ConnectionAddOn.http(connection);
        if (http == null) {
            connection.closeSilently();
            return context.getStopAction();
        }
        discardInput(connection, http);
        // Pipelined requests that were read already are discarded.
        NextAction suspended = context.getSuspendAction();
        context.suspend();
        context.completeAndRecycle();
        return suspended;
    }

    /** Ends a connection whose last response is written. Further input is discarded until then. */
    void discardInput(Connection<?> connection, HttpConnection http) {
        limiter.reject(http);
        connection.setProcessor(discarding);
        ConnectionAddOn.afterOutputIsSent(connection, () -> endOutput(connection));
    }

    private static void endOutput(Connection<?> connection) {
        try {
            ((SocketChannel) ((NIOConnection) connection).getChannel()).shutdownOutput();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the connection is gone", e);
        }
    }
}
