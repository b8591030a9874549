package io.roomcast.websocket;

import io.roomcast.protocol.ProtocolException;
import io.roomcast.service.RoomService;
import io.roomcast.service.admission.Authentication;
import io.roomcast.service.session.ConnectRequest;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What both endpoints do when the container calls them. A connection that was refused when it opened has no {@link
 * EndpointConnection}; calls for it are ignored.
 */
final class Endpoints {
    private static final Logger LOG = System.getLogger(Endpoints.class.getName());

    private Endpoints() {}

    /**
     * Reads what a connection asks for from its URL.
     *
     * @throws ProtocolException if the URL has a token or a wrong name; the refusal is counted
     */
    static ConnectRequest read(Session session, RoomService service, Function<QueryParameters, ConnectRequest> reader) {
        try {
            QueryParameters query = new QueryParameters(session.getQueryString());
            Authentication.requireNoToken(query.names());
            return reader.apply(query);
        } catch (ProtocolException e) {
            service.countRefused(e, ClientOriginConfigurator.origin(session));
            throw e;
        }
    }

    static void onText(Session session, String part, boolean last) {
        ifOpen(session, connection -> connection.onText(part, last));
    }

    static void onBinary(Session session, ByteBuffer part, boolean last) {
        ifOpen(session, connection -> connection.onBinary(part.remaining(), last));
    }

    static void onPong(Session session) {
        ifOpen(session, EndpointConnection::onPong);
    }

    static void onClose(Session session, CloseReason reason) {
        EndpointConnection connection = EndpointConnection.markClosed(session);
        if (connection != null) {
            connection.onClose(reason);
        }
    }

    /** Logs a failure. A broken connection is normal, and its close follows. Any other failure is a defect. */
    static void onError(Session session, Throwable failure) {
        Level level = failure instanceof IOException || failure.getCause() instanceof IOException
                ? Level.DEBUG
                : Level.WARNING;
        LOG.log(
                level,
                () -> {
                    EndpointConnection connection = EndpointConnection.of(session);
                    return connection == null
                            ? "A connection without a session failed"
                            : "Session " + connection.sessionId() + " failed";
                },
                failure);
    }

    private static void ifOpen(Session session, Consumer<EndpointConnection> action) {
        EndpointConnection connection = EndpointConnection.of(session);
        if (connection != null) {
            action.accept(connection);
        }
    }
}
