package io.roomcast.standalone;

import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.Map;
import java.util.Set;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.tyrus.container.grizzly.server.WebSocketAddOn;
import org.glassfish.tyrus.core.TyrusWebSocketEngine;
import org.glassfish.tyrus.server.TyrusServerContainer;
import org.glassfish.tyrus.spi.ServerContainer;
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

    /** What hands upgraded requests of a listener to this container; its constructor is not public. */
    AddOn addOn() {
        try {
            Constructor<WebSocketAddOn> constructor =
                    WebSocketAddOn.class.getDeclaredConstructor(ServerContainer.class, String.class);
            constructor.setAccessible(true);
            return constructor.newInstance(this, CONTEXT);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Tyrus has another WebSocketAddOn than 2.1.6", e);
        }
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
