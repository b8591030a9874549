package io.roomcast.websocket;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.Transport;
import io.roomcast.websocket.transport.DeflatingTransport;
import io.roomcast.websocket.transport.OpeningContext;
import io.roomcast.websocket.transport.SessionTransport;
import io.roomcast.websocket.undertow.UndertowInternals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.websocket.Session;

/**
 * Chooses the fastest transport that the server of a session allows, and counts the sessions on the portable one. Any
 * thread.
 */
@ApplicationScoped
public class TransportChooser {
    /** The property of a session that uses the portable transport. */
    private static final String PORTABLE = TransportChooser.class.getName() + ".portable";

    private long deflateThreshold;
    /** Null on other servers. */
    private volatile UndertowInternals undertow;

    private NodeMetrics metrics;

    /** For the container's proxy. */
    protected TransportChooser() {}

    @Inject
    public TransportChooser(RoomcastConfig config, NodeMetrics metrics) {
        this.metrics = metrics;
        this.deflateThreshold = config.get(Keys.DEFLATE_THRESHOLD);
    }

    /** To be called before there is any session. */
    void use(UndertowInternals internals) {
        undertow = internals;
    }

    /** The transport for the life of the session; {@link #end} must follow. */
    Transport of(Session session) {
        Transport fastest = fastest(session);
        return Subprotocol.V1_DEFLATE.equals(session.getNegotiatedSubprotocol())
                ? new DeflatingTransport(fastest, deflateThreshold)
                : fastest;
    }

    private Transport fastest(Session session) {
        Transport own = OpeningContext.transport();
        if (own != null) {
            return own;
        }
        SessionTransport portable = new SessionTransport(session);
        UndertowInternals wildFly = undertow;
        Transport direct = wildFly == null ? null : wildFly.transport(session, portable);
        if (direct != null) {
            return direct;
        }
        synchronized (session.getUserProperties()) {
            session.getUserProperties().put(PORTABLE, PORTABLE);
        }
        metrics.addPortableSessions(1);
        return portable;
    }

    /** To be called when the session is closed. On some containers the TCP connection under it is still open. */
    void end(Session session) {
        boolean portable;
        synchronized (session.getUserProperties()) {
            portable = session.getUserProperties().remove(PORTABLE) != null;
        }
        if (portable) {
            metrics.addPortableSessions(-1);
        }
        if (undertow != null) {
            undertow.end(session);
        }
    }
}
