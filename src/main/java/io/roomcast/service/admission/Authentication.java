package io.roomcast.service.admission;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.identity.TokenVerifier;
import io.roomcast.node.Clocks;
import io.roomcast.node.LogText;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.UserName;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Applies {@code roomcast.auth}: who may connect. Any thread. */
@ApplicationScoped
public class Authentication {
    private static final Logger LOG = System.getLogger(Authentication.class.getName());
    private static final long COMPLAINT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final String CLOSED =
            "This server takes connections to a loopback address only, until its operator sets"
                    + " roomcast.auth to token, container or open";

    private final AtomicLong complained = new AtomicLong();
    private TokenVerifier tokens;
    private Clocks clocks;
    private String mode;
    private boolean tokensServeTheApi;

    /** For the container's proxy. */
    protected Authentication() {}

    @Inject
    public Authentication(TokenVerifier tokens, Clocks clocks, RoomcastConfig config) {
        this.tokens = tokens;
        this.clocks = clocks;
        this.complained.set(clocks.nanos().getAsLong() - COMPLAINT_NANOS);
        this.mode = config.get(AccessKeys.AUTH);
        this.tokensServeTheApi = !config.get(OperationKeys.API_CLAIM).isEmpty();
    }

    /** Reads the keys, and logs a warning if anybody may connect. */
    public void start() {
        if (wantsToken() || tokensServeTheApi) {
            tokens.start();
        }
        switch (mode) {
            case "open" ->
                LOG.log(Level.WARNING, "roomcast.auth=open: whoever reaches this server may enter, under any name");
            case "" -> LOG.log(Level.INFO, "roomcast.auth is not set: {0}", CLOSED);
            default -> {}
        }
    }

    /** Whether a connection has to say {@code hello} with a token before anything else. */
    public boolean wantsToken() {
        return mode.equals("token");
    }

    /**
     * The identity of a connection without a token.
     *
     * @param claimed the name that it gave
     * @throws ProtocolException {@code unauthenticated}, when it may not enter
     */
    public Identity identify(UserName claimed, ClientOrigin origin) {
        return switch (mode) {
            case "open" -> Identity.claimed(claimed);
            case "container" -> loggedIn(origin);
            default -> local(claimed, origin);
        };
    }

    private static Identity loggedIn(ClientOrigin origin) {
        if (origin.login() == null) {
            throw new ProtocolException(ErrorCode.UNAUTHENTICATED, "log in to the server first");
        }
        return Identity.proven(new UserName(origin.login()));
    }

    private Identity local(UserName claimed, ClientOrigin origin) {
        if (origin.isLoopback()) {
            return Identity.claimed(claimed);
        }
        long last = complained.get();
        long now = clocks.nanos().getAsLong();
        if (now - last >= COMPLAINT_NANOS && complained.compareAndSet(last, now)) {
            LOG.log(
                    Level.WARNING,
                    () -> "Refused a connection to " + LogText.of(origin.host()) + " at " + LogText.of(origin.local())
                            + ": " + CLOSED);
        }
        throw new ProtocolException(ErrorCode.UNAUTHENTICATED, CLOSED);
    }

    public CompletionStage<Identity> verify(String token) {
        return tokens.verify(token);
    }
}
