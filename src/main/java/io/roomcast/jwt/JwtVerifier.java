package io.roomcast.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import io.roomcast.config.AccessKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.identity.TokenRefusedException;
import io.roomcast.identity.TokenVerifier;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies the form, the signature and the claims of JSON Web Tokens. If the keys are known, the caller's thread does
 * all of it. If the keys must be fetched, the verification continues on another thread. Any thread may call.
 */
@ApplicationScoped
public class JwtVerifier implements TokenVerifier {
    private RoomcastConfig config;
    private Threads threads;
    private Clocks clocks;
    private TokenClaims claims;
    private long maxBytes;
    private SigningKeys keys;

    /** For the container's proxy. */
    protected JwtVerifier() {}

    @Inject
    public JwtVerifier(RoomcastConfig config, Threads threads, Clocks clocks) {
        this.config = config;
        this.threads = threads;
        this.clocks = clocks;
        this.claims = TokenClaims.of(config);
        this.maxBytes = config.get(AccessKeys.TOKEN_BYTES);
    }

    @Override
    public void start() {
        String secret = config.get(AccessKeys.SECRET);
        String jwks = config.get(AccessKeys.JWKS);
        if (!secret.isEmpty()) {
            byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
            keys = fixedKeys(KeyFiles.single(JWSAlgorithm.HS256, new SecretKeySpec(bytes, "HmacSHA256")));
        } else if (AccessKeys.isUrl(jwks)) {
            keys = new KeySource(config, threads, clocks);
        } else {
            keys = fixedKeys(jwks.isEmpty() ? KeyFiles.pem(config.get(AccessKeys.PUBLIC_KEY)) : KeyFiles.jwks(jwks));
        }
    }

    private static SigningKeys fixedKeys(JWSKeySelector<SecurityContext> selector) {
        return header -> {
            try {
                return CompletableFuture.completedStage(selector.selectJWSKeys(header, null));
            } catch (KeySourceException e) {
                return CompletableFuture.failedStage(e);
            }
        };
    }

    @Override
    public CompletionStage<Identity> verify(String token) {
        try {
            SignedToken signed = SignedToken.parse(token, maxBytes);
            return keys.candidates(signed.header())
                    .thenCompose(candidates -> verifiedClaims(candidates, signed))
                    .thenApply(payload -> claims.identity(payload, clocks.wall().instant()));
        } catch (TokenRefusedException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private CompletionStage<JsonObject> verifiedClaims(List<? extends Key> candidates, SignedToken signed) {
        return signed.verify(candidates)
                .map(CompletableFuture::completedStage)
                .orElseGet(() -> keys.newerCandidates(signed.header())
                        .thenApply(newer -> signed.verify(newer).orElseThrow(SignedToken::notSigned)));
    }

    @PreDestroy
    void stop() {
        if (keys != null) {
            keys.close();
        }
    }
}
