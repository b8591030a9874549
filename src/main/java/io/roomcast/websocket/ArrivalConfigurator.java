package io.roomcast.websocket;

import io.roomcast.service.Arrival;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;

/**
 * Keeps what the guard told about a connection from the handshake, where it is in a header, to its opening, where only the properties of
 * the session are left. The container copies those for each connection.
 */
public class ArrivalConfigurator extends ServerEndpointConfig.Configurator {
    private static final String PROPERTY = Arrival.class.getName();

    /** Origins are the guard's: a servlet container would answer anything with its own status. */
    @Override
    public boolean checkOrigin(String origin) {
        return true;
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        Arrival arrival = Arrival.of(header(request, Arrival.HEADER), header(request, "Host"), null);
        config.getUserProperties().put(PROPERTY, arrival);
    }

    /** Names of headers are in any case, and not every container's map knows that. */
    private static String header(HandshakeRequest request, String name) {
        return request.getHeaders().entrySet().stream()
                .filter(header -> name.equalsIgnoreCase(header.getKey()))
                .map(header -> header.getValue())
                .filter(values -> !values.isEmpty())
                .map(values -> values.get(0))
                .findFirst()
                .orElse(null);
    }

    /** How the connection came here, and whom the container knows at its other end. */
    static Arrival arrival(Session session) {
        String login = session.getUserPrincipal() == null
                ? null
                : session.getUserPrincipal().getName();
        return session.getUserProperties().get(PROPERTY) instanceof Arrival known
                ? new Arrival(known.local(), known.remote(), known.host(), login)
                : new Arrival(null, null, null, login);
    }
}
