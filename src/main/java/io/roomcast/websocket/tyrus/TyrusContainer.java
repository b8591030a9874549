package io.roomcast.websocket.tyrus;

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
 * The WebSocket container of the embedded server. It uses the Grizzly listener of that server. The container that comes
 * with Tyrus has a listener of its own, which listens on all addresses, whatever its configuration says.
 */
public final class TyrusContainer extends TyrusServerContainer {
    private static final String CONTEXT = "";

    private final TyrusWebSocketEngine engine;

    public TyrusContainer(Set<Class<?>> endpoints) {
        super(endpoints);
        engine = TyrusWebSocketEngine.builder(this).build();
    }

    /**
     * Returns an executor that runs nothing. Tyrus would schedule a task for each connection and each message, even if
     * no idle timeout is set.
     */
    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
        return TyrusIdleTimer.NONE;
    }

    public void deploy() throws IOException, DeploymentException {
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
