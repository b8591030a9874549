package io.roomcast.websocket;

import io.roomcast.websocket.tyrus.HandshakeAddOn;
import io.roomcast.websocket.tyrus.TyrusBufferLimit;
import io.roomcast.websocket.tyrus.TyrusContainer;
import io.roomcast.websocket.tyrus.WebSocketFilter;
import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.http.server.AddOn;

/** The WebSockets of the embedded server, for a Grizzly listener. */
public final class EmbeddedWebSockets {
    /** The most bytes that the listener reads from a connection at once. */
    public static final int READ_BUFFER_BYTES = TyrusBufferLimit.READ_BYTES / 2;

    private final TyrusContainer container =
            new TyrusContainer(Set.of(MultiRoomEndpoint.class, SingleRoomEndpoint.class));

    /**
     * Creates the add-on that accepts handshakes and takes their connections out of HTTP.
     *
     * @param rejection answers handshakes that are not accepted
     * @param limit current limit of a message from a client, in bytes
     * @param timer for short tasks with a delay
     */
    public AddOn handshakes(HandshakeAddOn.Rejection rejection, LongSupplier limit, ScheduledExecutorService timer) {
        return new HandshakeAddOn(container.getWebSocketEngine(), rejection, limit, timer);
    }

    /** Whether a connection has become a WebSocket. No HTTP request comes over such a connection. Any thread. */
    public static boolean isWebSocket(Connection<?> connection) {
        return connection.getProcessor() instanceof FilterChain chain && chain.indexOfType(WebSocketFilter.class) >= 0;
    }

    public void start() throws IOException {
        try {
            container.deploy();
        } catch (DeploymentException e) {
            throw new IllegalStateException(e);
        }
    }

    public void stop() {
        container.stop();
    }
}
