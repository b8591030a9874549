package io.roomcast.websocket;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.outbound.Transport;
import io.roomcast.websocket.transport.DeflatingTransport;
import io.roomcast.websocket.transport.Opening;
import io.roomcast.websocket.transport.SessionTransport;
import io.roomcast.websocket.undertow.UndertowInternals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.websocket.Session;

/** Finds the quickest transport that a session's container allows. Any thread. */
@ApplicationScoped
public class TransportChooser {
    private long deflateThreshold;
    /** Null on other servers. */
    private volatile UndertowInternals undertow;

    /** For the container's proxy. */
    protected TransportChooser() {}

    @Inject
    public TransportChooser(RoomcastConfig config) {
        this.deflateThreshold = config.get(Keys.DEFLATE_THRESHOLD);
    }

    /** @param container of the application's WebSockets, before it has any */
    public void begin(Object container) {
        undertow = UndertowInternals.of(container);
    }

    /** For the life of the session. */
    Transport of(Session session) {
        Transport quickest = quickest(session);
        return Subprotocol.V1_DEFLATE.equals(session.getNegotiatedSubprotocol())
                ? new DeflatingTransport(quickest, deflateThreshold)
                : quickest;
    }

    private Transport quickest(Session session) {
        Transport own = Opening.transport();
        if (own != null) {
            return own;
        }
        SessionTransport portable = new SessionTransport(session);
        UndertowInternals wildFly = undertow;
        Transport direct = wildFly == null ? null : wildFly.transport(session, portable);
        return direct == null ? portable : direct;
    }

    /** The session is closed. What lies under it is not, on every container. */
    void end(Session session) {
        if (undertow != null) {
            undertow.end(session);
        }
    }
}
