package io.roomcast.http.api;

import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.identity.TokenVerifier;
import io.roomcast.node.Author;
import io.roomcast.node.RoomSettings;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.service.Failure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Decides who may use the server API. The holder of the key may use the whole API. The holder of a token may use what
 * the token permits. Keys are compared in constant time. Any thread.
 */
@ApplicationScoped
public class ApiAccess {
    private static final Logger LOG = System.getLogger(ApiAccess.class.getName());
    private static final String SCHEME = "bearer ";

    private TokenVerifier tokens;
    private RoomSettings settings;
    /** The SHA-256 digest of the key; null if no key is set. */
    private byte[] keyDigest;

    /** Whether {@code roomcast.api.claim} is set. */
    private boolean acceptsTokens;

    /** For the container's proxy. */
    protected ApiAccess() {}

    @Inject
    public ApiAccess(RoomcastConfig config, RoomSettings settings, TokenVerifier tokens) {
        this.settings = settings;
        String key = config.get(OperationKeys.API_KEY);
        this.keyDigest = key.isEmpty() ? null : digest(key);
        this.tokens = tokens;
        this.acceptsTokens = !config.get(OperationKeys.API_CLAIM).isEmpty();
    }

    /**
     * Checks the key or the token of a request. Does not block.
     *
     * @return often complete at the return; otherwise completes on any thread. Fails with {@link ProtocolException} if
     *     the API is off, if the credentials are missing or wrong, or if the credentials cannot be checked now
     */
    CompletableFuture<ApiCaller> authenticate(HttpServletRequest request) {
        if (keyDigest == null && !acceptsTokens) {
            return CompletableFuture.failedFuture(new ProtocolException(
                    ErrorCode.FORBIDDEN,
                    "the server API is off; set roomcast.api.key or roomcast.api.claim to switch it on"));
        }
        String address = request.getRemoteAddr();
        String header = request.getHeader("Authorization");
        boolean hasCredentials =
                header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME);
        String credentials = hasCredentials ? header.substring(SCHEME.length()).strip() : "";
        if (keyDigest != null && MessageDigest.isEqual(keyDigest, digest(credentials))) {
            return CompletableFuture.completedFuture(ApiCaller.keyHolder(address));
        }
        if (!acceptsTokens || credentials.isEmpty()) {
            String accepted = keyDigest == null ? "a token" : acceptsTokens ? "the key or a token" : "the key";
            String text = "send " + accepted + " in the header Authorization, behind the word Bearer";
            return CompletableFuture.failedFuture(
                    credentials.isEmpty()
                            ? ApiRefusalException.noCredentials(text)
                            : ApiRefusalException.badCredentials("this is not the key; " + text));
        }
        return tokens.verify(credentials)
                .handle((identity, failure) -> callerOf(identity, failure, address))
                .toCompletableFuture();
    }

    private ApiCaller callerOf(Identity identity, Throwable failure, String address) {
        if (failure == null) {
            return new ApiCaller(
                    identity.api(),
                    identity.permissions().inRooms(settings.permissionsOfEverybody()),
                    Author.apiToken(identity.userId().value(), address));
        }
        Failure why = Failure.ofToken(failure);
        why.log(LOG, "A token of the server API could not be checked");
        if (why.code() == ErrorCode.UNAUTHENTICATED) {
            throw ApiRefusalException.badCredentials(why.text());
        }
        throw new ProtocolException(why.code(), why.text(), why.retryAfterMs());
    }

    /** All digests have the same length, so the time of a comparison does not reveal the length of the key. */
    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
