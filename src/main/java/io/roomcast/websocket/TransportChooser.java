package io.roomcast.websocket;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.ConvertingTransport;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.Subprotocol;
import io.roomcast.websocket.transport.ObservableTransport;
import io.roomcast.websocket.transport.OpeningContext;
import io.roomcast.websocket.transport.SessionTransport;
import io.roomcast.websocket.undertow.UndertowInternals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.websocket.Session;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Chooses the fastest transport that the server of a session allows, and counts the sessions on the portable path. Any
 * thread.
 */
@ApplicationScoped
public class TransportChooser {
    /** The property that marks a session on the portable path. */
    private static final String PORTABLE_MARK = TransportChooser.class.getName() + ".portable";

    /** Messages are compressed from this size on, in bytes. */
    private long deflateThreshold;
    /** Null if the server is not Undertow, or not of a known version. */
    private volatile UndertowInternals undertow;

    /** The open sessions that the server does not close when it stops. */
    private final Set<Session> kept = ConcurrentHashMap.newKeySet();

    private NodeMetrics metrics;

    /** For the container's proxy. */
    protected TransportChooser() {}

    @Inject
    public TransportChooser(RoomcastConfig config, NodeMetrics metrics) {
        this.metrics = metrics;
        this.deflateThreshold = config.get(Keys.DEFLATE_THRESHOLD);
    }

    /** To be called before any session opens. */
    void useUndertow(UndertowInternals internals) {
        undertow = internals;
    }

    /** Chooses the transport for the whole life of a session. {@link #end} must follow. */
    Transport choose(Session session) {
        keepFromServer(session);
        Transport fastest = fastest(session);
        return Subprotocol.V1_DEFLATE.equals(session.getNegotiatedSubprotocol())
                ? new ConvertingTransport(fastest, frame -> frame.deflated(deflateThreshold))
                : fastest;
    }

    private void keepFromServer(Session session) {
        UndertowInternals internals = undertow;
        if (internals != null && internals.keepFromServer(session)) {
            kept.add(session);
            if (!session.isOpen()) {
                // The connection closed while it opened.
                kept.remove(session);
            }
        }
    }

    /** Closes the sessions that are left when the application stops. */
    void closeKept() {
        kept.forEach(session -> SessionTransport.close(session, CloseCode.GOING_AWAY, "the application stops"));
    }

    /**
     * Makes the listener hear the events of a session's connection, as far as its server allows. To be called on the
     * thread that opens the session, while it opens.
     *
     * @param limit current limit of a message from the client, in bytes
     */
    void observe(Session session, ObservableTransport.Listener listener, LongSupplier limit) {
        ObservableTransport tyrusTransport = OpeningContext.transport();
        UndertowInternals internals = undertow;
        if (tyrusTransport != null) {
            tyrusTransport.setListener(listener);
        } else if (internals != null) {
            internals.follow(session, listener, limit);
        }
    }

    private Transport fastest(Session session) {
        Transport tyrusTransport = OpeningContext.transport();
        if (tyrusTransport != null) {
            return tyrusTransport;
        }
        SessionTransport portable = new SessionTransport(session);
        UndertowInternals internals = undertow;
        Transport undertowTransport = internals == null ? null : internals.transport(session, portable);
        if (undertowTransport != null) {
            return undertowTransport;
        }
        synchronized (session.getUserProperties()) {
            session.getUserProperties().put(PORTABLE_MARK, true);
        }
        metrics.addPortableSessions(1);
        return portable;
    }

    /** To be called when the session is closed. On some containers its TCP connection is still open then. */
    void end(Session session) {
        boolean portable;
        synchronized (session.getUserProperties()) {
            portable = session.getUserProperties().remove(PORTABLE_MARK) != null;
        }
        if (portable) {
            metrics.addPortableSessions(-1);
        }
        if (undertow != null) {
            kept.remove(session);
            undertow.end(session);
        }
    }
}
