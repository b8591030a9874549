package io.roomcast.service;

import io.roomcast.identity.Identity;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.service.admission.Authentication;
import io.roomcast.service.admission.ClientOrigin;
import io.roomcast.service.operations.Refusals;
import io.roomcast.service.operations.ShownAddresses;
import io.roomcast.service.session.Arrival;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.ConnectRequest;
import io.roomcast.service.session.Lease;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Opens the sessions of new connections, or refuses them. Any thread. */
@ApplicationScoped
public class Entrance {
    private Authentication authentication;
    private SessionRegistry sessions;
    private ShownAddresses addresses;
    private Clocks clocks;
    private Refusals refusals;
    private NodeMetrics metrics;

    /** For the container's proxy. */
    protected Entrance() {}

    @Inject
    public Entrance(
            Authentication authentication,
            SessionRegistry sessions,
            ShownAddresses addresses,
            Clocks clocks,
            Refusals refusals,
            NodeMetrics metrics) {
        this.authentication = authentication;
        this.sessions = sessions;
        this.addresses = addresses;
        this.clocks = clocks;
        this.refusals = refusals;
        this.metrics = metrics;
    }

    /**
     * Opens a session. It has an identity, unless the identity comes from a token.
     *
     * @throws ProtocolException if the connection is refused; no session is left open then
     */
    ClientSession open(Transport transport, ConnectRequest request, ClientOrigin origin) {
        ClientSession session = null;
        try {
            Identity identity = authentication.wantsToken() ? null : identify(request, origin);
            session = sessions.open(transport, request, arrival(transport, origin));
            if (identity != null) {
                sessions.identify(session, identity);
            }
            metrics.increment(Counter.HANDSHAKES_OPENED);
            return session;
        } catch (ProtocolException e) {
            refusals.atHandshake(
                    outcome(e),
                    e.code().wire(),
                    e.getMessage(),
                    request.user(),
                    request.room(),
                    origin.remote(),
                    e.limit());
            if (session != null) {
                sessions.remove(session, CloseCode.TRY_AGAIN_LATER.number());
            }
            throw e;
        }
    }

    /**
     * Opens a session for a request over HTTP.
     *
     * @param id id that no session of this node has
     * @throws ProtocolException {@code busy} if there are too many sessions
     */
    ClientSession openOverHttp(String id, Transport transport, ClientOrigin origin, Identity identity) {
        ClientSession session =
                sessions.open(id, transport, ConnectRequest.overHttp(new Lease()), arrival(transport, origin));
        try {
            sessions.identify(session, identity);
            return session;
        } catch (ProtocolException e) {
            sessions.remove(session, CloseCode.TRY_AGAIN_LATER.number());
            throw e;
        }
    }

    /** Counts a connection that is refused because of its URL. */
    void countRefused(ProtocolException refusal, ClientOrigin origin) {
        refusals.atHandshake(
                outcome(refusal),
                refusal.code().wire(),
                refusal.getMessage(),
                null,
                null,
                origin == null ? null : origin.remote());
    }

    private static Counter outcome(ProtocolException refusal) {
        return switch (refusal.code()) {
            case BUSY -> Counter.HANDSHAKES_FULL;
            case UNAUTHENTICATED -> Counter.HANDSHAKES_UNAUTHENTICATED;
            default -> Counter.HANDSHAKES_MALFORMED;
        };
    }

    private Identity identify(ConnectRequest request, ClientOrigin origin) {
        return authentication.identify(request.user() == null ? SessionRegistry.newGuest() : request.user(), origin);
    }

    /** How a client has connected now. */
    Arrival arrival(Transport transport, ClientOrigin origin) {
        return new Arrival(
                origin.network(),
                addresses.shown(origin.remote()),
                clocks.wall().millis(),
                transport.kind());
    }
}
