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

/** What both endpoints do with what the container calls them for; a connection that was refused when it opened is passed over. */
final class Endpoints {
    private static final Logger LOG = System.getLogger(Endpoints.class.getName());

    private static final List<String> TOKENS = List.of("token", "access_token", "jwt");

    private Endpoints() {}

    /** @throws ProtocolException for an address with a token in it: addresses are written to logs on their way */
    static void requireNoToken(Session session) {
        if (TOKENS.stream().anyMatch(session.getRequestParameterMap()::containsKey)) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "a token has no place in an address; send it in hello");
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

    /** A connection that breaks is no news; its close follows. Anything else is a defect. */
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
