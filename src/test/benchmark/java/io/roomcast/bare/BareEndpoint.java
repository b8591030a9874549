package io.roomcast.bare;

import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;

/** Does nothing, at the address of a room: what a connection costs without Roomcast. With nothing but this class in it a WAR serves it on WildFly and Payara. */
@ServerEndpoint("/ws/{room}/{user}")
public final class BareEndpoint {
    @OnOpen
    public void open(Session session) {
        session.setMaxIdleTimeout(0);
    }

    @OnMessage
    public void text(String message) {}
}
