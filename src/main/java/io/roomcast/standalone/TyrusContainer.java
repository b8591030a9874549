package io.roomcast.standalone;

import io.roomcast.websocket.tyrus.TyrusIdleTimer;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import org.glassfish.tyrus.core.TyrusWebSocketEngine;
import org.glassfish.tyrus.server.TyrusServerContainer;
import org.glassfish.tyrus.spi.WebSocketEngine;

/**
 * The WebSocket side of the embedded server, to be put on a Grizzly listener of our own: the container that Tyrus brings listens on all
 * addresses, whatever it is told.
 */
final class TyrusContainer extends TyrusServerContainer {
    private static final String CONTEXT = "";

    private final TyrusWebSocketEngine engine;

    TyrusContainer(Set<Class<?>> endpoints) {
        super(endpoints);
        engine = TyrusWebSocketEngine.builder(this).build();
    }

    /** Tyrus would hand it a task with each connection and with each message, also where no idle time is set. */
    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
        return TyrusIdleTimer.NONE;
    }

    void deploy() throws IOException, DeploymentException {
        start(CONTEXT, -1);
    }

    @Override
    public void register(Class<?> endpoint) throws DeploymentException {
        engine.register(endpoint, CONTEXT);
    }

    @Override
    public void register(ServerEndpointConfig endpoint) throws DeploymentException {
        engine.register(endpoint, CONTEXT);
    }

    @Override
    public WebSocketEngine getWebSocketEngine() {
        return engine;
    }

    @Override
    public Map<String, Object> getProperties() {
        return Map.of();
    }
}
