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
 * Keeps what the guard told about a connection from the handshake, where it is in a header, to its opening, where only the properties of
 * the session are left. The container copies those for each connection.
 */
public class ClientOriginConfigurator extends ServerEndpointConfig.Configurator {
    private static final String PROPERTY = ClientOrigin.class.getName();

    /** Origins are the guard's: a servlet container would answer anything with its own status. */
    @Override
    public boolean checkOrigin(String origin) {
        return true;
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        Map<String, Object> properties = config.getUserProperties();
        properties.remove(PROPERTY);
        ClientOrigin origin = ClientOrigin.unsealed(headers(request, ClientOrigin.HEADER));
        if (origin != null) {
            properties.put(PROPERTY, origin);
        }
    }

    /** Names of headers are in any case, and not every container's map knows that. */
    private static List<String> headers(HandshakeRequest request, String name) {
        return request.getHeaders().entrySet().stream()
                .filter(header -> name.equalsIgnoreCase(header.getKey()))
                .flatMap(header -> header.getValue().stream())
                .toList();
    }

    /**
     * How the connection came here, and whom the container knows at its other end.
     *
     * @throws ProtocolException for one that came past the guard
     */
    static ClientOrigin origin(Session session) {
        if (session.getUserProperties().get(PROPERTY) instanceof ClientOrigin known) {
            return known.of(
                    session.getUserPrincipal() == null
                            ? null
                            : session.getUserPrincipal().getName());
        }
        throw new ProtocolException(ErrorCode.FORBIDDEN, "connections are opened by way of the guard only");
    }
}
