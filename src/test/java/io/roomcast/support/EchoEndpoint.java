package io.roomcast.support;

import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;

/** Sends every text back. */
public final class EchoEndpoint extends Endpoint {

    /** At {@code /ws}, and made without CDI. */
    public static ServerEndpointConfig config() {
        return ServerEndpointConfig.Builder.create(EchoEndpoint.class, "/ws")
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public <T> T getEndpointInstance(Class<T> type) {
                        return type.cast(new EchoEndpoint());
                    }
                })
                .build();
    }

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        session.addMessageHandler(String.class, text -> session.getAsyncRemote().sendText(text, result -> {}));
    }
}
