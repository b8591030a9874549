package io.roomcast.http.rooms;

import io.roomcast.identity.Identity;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.service.Failure;
import io.roomcast.service.SessionTickets;
import io.roomcast.service.admission.Authentication;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.util.concurrent.CompletableFuture;

/** Finds out who sends a request, and checks tickets. Any thread; no method blocks. */
@ApplicationScoped
public class Callers {
    private static final Logger LOG = System.getLogger(Callers.class.getName());
    private static final long TIMEOUT_SECONDS = 5;

    private Authentication authentication;
    private SessionTickets tickets;
    private Threads threads;

    /** For the container's proxy. */
    protected Callers() {}

    @Inject
    public Callers(Authentication authentication, SessionTickets tickets, Threads threads) {
        this.authentication = authentication;
        this.tickets = tickets;
        this.threads = threads;
    }

    /** Who sends a request, and what signs the caller's tickets. */
    record Caller(Identity identity, SessionTickets.Signer signer) {
        /**
         * @param ticket as the client sent it; null for none
         * @return the session of the ticket; null for no ticket
         * @throws ProtocolException {@code session_invalid}
         */
        SessionTickets.Named session(String ticket) {
            return ticket == null || ticket.isEmpty() ? null : signer.read(ticket, identity.userId());
        }

        String newTicket(String id) {
            return signer.sign(id, identity.userId());
        }
    }

    /** @return fails with {@code unauthenticated} or {@code unavailable} */
    CompletableFuture<Caller> callerOf(RoomsRequest request) {
        CompletableFuture<Identity> identity = identify(request);
        return threads.within(TIMEOUT_SECONDS, identity.thenCombine(tickets.signer(), Caller::new));
    }

    private CompletableFuture<Identity> identify(RoomsRequest request) {
        try {
            Authentication.requireNoToken(request.parameters());
            if (!authentication.wantsToken()) {
                return CompletableFuture.completedFuture(authentication.identify(
                        request.user() == null ? SessionRegistry.newGuest() : request.user(), request.origin()));
            }
        } catch (ProtocolException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (request.token() == null) {
            return CompletableFuture.failedFuture(new ProtocolException(
                    ErrorCode.UNAUTHENTICATED, "send a token in the header Authorization, behind the word Bearer"));
        }
        return authentication
                .verify(request.token())
                .handle((identity, failure) -> {
                    if (failure == null) {
                        if (request.user() != null && !request.user().equals(identity.userId())) {
                            throw new ProtocolException(
                                    ErrorCode.UNAUTHENTICATED, "the address names another user than the token");
                        }
                        return identity;
                    }
                    Failure why = Failure.ofToken(failure);
                    why.log(LOG, "A token could not be checked");
                    throw new ProtocolException(why.code(), why.text(), why.retryAfterMs());
                })
                .toCompletableFuture();
    }

    /** The header {@code WWW-Authenticate} of a refusal, or null. */
    String challenge(Failure failure) {
        if (failure.code() == ErrorCode.SESSION_INVALID) {
            return "Roomcast-Session realm=\"roomcast\"";
        }
        return failure.code() == ErrorCode.UNAUTHENTICATED && authentication.wantsToken()
                ? "Bearer realm=\"roomcast\""
                : null;
    }
}
