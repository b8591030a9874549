package io.roomcast.websocket;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.service.admission.ClientOrigin;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;

/**
 * Passes the {@link ClientOrigin} from the handshake to the session. The guard puts the origin into a header of the
 * handshake. When the session opens, the headers are gone, but its properties are still available. The container copies
 * the properties for each connection.
 */
public class ClientOriginConfigurator extends ServerEndpointConfig.Configurator {
    private static final String PROPERTY = ClientOrigin.class.getName();

    /**
     * Always true, because the guard has checked the origin. A servlet container would answer a wrong origin with a
     * status of its own.
     */
    @Override
    public boolean checkOrigin(String origin) {
        return true;
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        Map<String, Object> properties = config.getUserProperties();
        properties.remove(PROPERTY);
        ClientOrigin origin = ClientOrigin.fromHeader(headers(request, ClientOrigin.HEADER));
        if (origin != null) {
            properties.put(PROPERTY, origin);
        }
    }

    /** Finds a header in any case, because the maps of some containers are case-sensitive. */
    private static List<String> headers(HandshakeRequest request, String name) {
        return request.getHeaders().entrySet().stream()
                .filter(header -> name.equalsIgnoreCase(header.getKey()))
                .flatMap(header -> header.getValue().stream())
                .toList();
    }

    /**
     * Returns the origin of the connection, with the user whom the container has authenticated.
     *
     * @throws ProtocolException if the connection did not pass the guard
     */
    static ClientOrigin origin(Session session) {
        if (session.getUserProperties().get(PROPERTY) instanceof ClientOrigin known) {
            return known.withLogin(
                    session.getUserPrincipal() == null
                            ? null
                            : session.getUserPrincipal().getName());
        }
        throw new ProtocolException(ErrorCode.FORBIDDEN, "the handshake did not pass the guard");
    }
}
