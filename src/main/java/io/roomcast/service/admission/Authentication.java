package io.roomcast.service.admission;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomRules;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.config.TokenKeys;
import io.roomcast.identity.Identity;
import io.roomcast.identity.RoomPermissions;
import io.roomcast.identity.TokenVerifier;
import io.roomcast.node.LogText;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.UserId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Decides who may connect, as {@code roomcast.auth} demands. Any thread. */
@ApplicationScoped
public class Authentication {
    private static final Logger LOG = System.getLogger(Authentication.class.getName());

    private static final List<String> TOKEN_PARAMETERS = List.of("token", "access_token", "jwt");

    private static final String LOOPBACK_ONLY =
            "This server takes connections to a loopback address only, until its operator sets"
                    + " roomcast.auth to token, container or open";

    private TokenVerifier tokenVerifier;
    private Warnings warnings;
    private String mode;
    private Map<String, RoomRules> roleRules;
    private boolean apiWantsTokens;

    /** For the container's proxy. */
    protected Authentication() {}

    @Inject
    public Authentication(TokenVerifier tokenVerifier, Warnings warnings, RoomcastConfig config) {
        this.tokenVerifier = tokenVerifier;
        this.warnings = warnings;
        this.mode = config.get(AccessKeys.AUTH);
        this.roleRules = config.get(TokenKeys.ROLES);
        this.apiWantsTokens = !config.get(OperationKeys.API_CLAIM).isEmpty();
    }

    /** Loads the token keys if tokens are used. Logs a warning if anyone may connect. */
    public void start() {
        if (wantsToken() || apiWantsTokens) {
            tokenVerifier.start();
        }
        switch (mode) {
            case "open" ->
                LOG.log(
                        Level.WARNING,
                        "roomcast.auth=open: anyone who reaches this server may connect, under any name");
            case "" -> LOG.log(Level.INFO, "roomcast.auth is not set: {0}", LOOPBACK_ONLY);
            case "container" -> {
                if (roleRules.isEmpty()) {
                    LOG.log(
                            Level.WARNING,
                            "roomcast.auth=container without a key roomcast.roles.<role>: no user may do anything in a "
                                    + "room");
                }
            }
            default -> {}
        }
    }

    /** Whether a session gets its identity from the token of a {@code hello} frame. */
    public boolean wantsToken() {
        return mode.equals("token");
    }

    /**
     * The identity of a connection without a token.
     *
     * @param claimed user name that the client gave
     * @throws ProtocolException {@code unauthenticated} if the connection is refused
     */
    public Identity identify(UserId claimed, ClientOrigin origin) {
        return switch (mode) {
            case "open" -> Identity.claimed(claimed);
            case "container" -> loginIdentity(origin);
            default -> loopbackIdentity(claimed, origin);
        };
    }

    private Identity loginIdentity(ClientOrigin origin) {
        if (origin.login() == null) {
            throw new ProtocolException(ErrorCode.UNAUTHENTICATED, "log in to the server first");
        }
        return Identity.proven(
                new UserId(origin.login()), RoomPermissions.of(RoomRules.NONE, roleRules, origin.roles()));
    }

    private Identity loopbackIdentity(UserId claimed, ClientOrigin origin) {
        if (origin.isLoopback()) {
            return Identity.claimed(claimed);
        }
        warnings.warn(
                "loopback",
                () -> "Refused a connection to " + LogText.of(origin.host()) + " at " + LogText.of(origin.local())
                        + ": " + LOOPBACK_ONLY);
        throw new ProtocolException(ErrorCode.UNAUTHENTICATED, LOOPBACK_ONLY);
    }

    /** @throws ProtocolException if a URL has a parameter for a token, because proxies and servers write URLs to logs */
    public static void requireNoToken(Set<String> parameters) {
        if (TOKEN_PARAMETERS.stream().anyMatch(parameters::contains)) {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST, "a token must not be in the URL; send it in hello, or in Authorization");
        }
    }

    /** Verifies a token, as {@link TokenVerifier#verify}. */
    public CompletionStage<Identity> verify(String token) {
        return tokenVerifier.verify(token);
    }
}
