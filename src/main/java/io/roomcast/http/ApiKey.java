package io.roomcast.http;

import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.protocol.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** Who may use the server API: who has the key. Comparing takes the same time whatever was sent, so nothing can be learned from it. */
@ApplicationScoped
public class ApiKey {
    private static final String SCHEME = "bearer ";

    private byte[] expected;

    /** For the container's proxy. */
    protected ApiKey() {}

    @Inject
    public ApiKey(RoomcastConfig config) {
        String key = config.get(OperationKeys.API_KEY);
        expected = key.isEmpty() ? null : digest(key);
    }

    /** @throws ApiException where the request may not be served */
    void check(HttpServletRequest request) {
        if (expected == null) {
            throw ApiException.of(ErrorCode.FORBIDDEN, "the server API is off; set roomcast.api.key to switch it on");
        }
        String given = request.getHeader("Authorization");
        boolean bearer = given != null && given.toLowerCase(Locale.ROOT).startsWith(SCHEME);
        String key = bearer ? given.substring(SCHEME.length()).strip() : "";
        if (!MessageDigest.isEqual(expected, digest(key))) {
            throw ApiException.of(ErrorCode.UNAUTHENTICATED, "send the key as Authorization: Bearer KEY");
        }
    }

    /** Digests have one length, so even the length of the key stays unknown. */
    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
