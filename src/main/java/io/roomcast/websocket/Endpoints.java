package io.roomcast.websocket;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * What both endpoints do when the container calls them. Calls for a connection that was refused when it opened are
 * ignored.
 */
final class Endpoints {
    private static final Logger LOG = System.getLogger(Endpoints.class.getName());

    private static final List<String> TOKENS = List.of("token", "access_token", "jwt");

    private Endpoints() {}

    /** @throws ProtocolException if the URL has a token: proxies and servers write URLs to logs */
    static void requireNoToken(Session session) {
        if (TOKENS.stream().anyMatch(session.getRequestParameterMap()::containsKey)) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "a token must not be in the URL; send it in hello");
        }
    }

    static void text(Session session, String part, boolean last) {
        ifOpen(session, connection -> connection.text(part, last));
    }

    static void binary(Session session, ByteBuffer part, boolean last) {
        ifOpen(session, connection -> connection.binary(part.remaining(), last));
    }

    static void pong(Session session) {
        ifOpen(session, EndpointConnection::pong);
    }

    static void close(Session session, CloseReason reason) {
        EndpointConnection connection = EndpointConnection.closing(session);
        if (connection != null) {
            connection.closed(reason);
        }
    }

    /** A broken connection is normal, and its close follows. Anything else is a defect. */
    static void error(Session session, Throwable failure) {
        Level level = failure instanceof IOException || failure.getCause() instanceof IOException
                ? Level.DEBUG
                : Level.WARNING;
        LOG.log(level, () -> "Connection " + session.getId() + " failed", failure);
    }

    private static void ifOpen(Session session, Consumer<EndpointConnection> action) {
        EndpointConnection connection = EndpointConnection.of(session);
        if (connection != null) {
            action.accept(connection);
        }
    }
}
