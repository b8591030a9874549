package io.roomcast.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.roomcast.config.AccessKeys;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.identity.TokenRefusedException;
import io.roomcast.identity.TokenVerifier;
import io.roomcast.service.Threads;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks signature, time, issuer and audience of a JSON Web Token. With keys at hand that takes microseconds and happens on the
 * caller's thread; keys that come from a URL may have to be fetched, so then a thread of its own does it, with a short queue. Any thread.
 */
@ApplicationScoped
public class JwtVerifier implements TokenVerifier {
    private static final int QUEUE = 1_000;
    private static final JOSEObjectType ACCESS_TOKEN = new JOSEObjectType("at+jwt");

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private RoomcastConfig config;
    private Threads threads;
    private TokenClaims claims;
    private ExecutorService fetching;

    /** For the container's proxy. */
    protected JwtVerifier() {}

    @Inject
    public JwtVerifier(RoomcastConfig config, Threads threads) {
        this.config = config;
        this.threads = threads;
        this.claims = new TokenClaims(
                config.get(AccessKeys.CLAIM),
                config.get(OperationKeys.API_CLAIM),
                config.get(AccessKeys.ISSUER),
                config.get(AccessKeys.AUDIENCE));
    }

    @Override
    public void start() {
        processor.setJWSKeySelector(keys());
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, ACCESS_TOKEN, null));
        processor.setJWTClaimsSetVerifier(claims.verifier());
    }

    private JWSKeySelector<SecurityContext> keys() {
        String secret = config.get(AccessKeys.SECRET);
        String jwks = config.get(AccessKeys.JWKS);
        if (!secret.isEmpty()) {
            byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
            return KeyFiles.single(JWSAlgorithm.HS256, new SecretKeySpec(bytes, "HmacSHA256"));
        }
        if (jwks.startsWith("http://") || jwks.startsWith("https://")) {
            fetching =
                    new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), threads.loops());
            return remote(jwks);
        }
        return jwks.isEmpty() ? KeyFiles.pem(config.get(AccessKeys.PUBLIC_KEY)) : KeyFiles.jwks(jwks);
    }

    /** Keeps the keys for minutes; asks again for a key that it does not know, though not more than twice in half a minute. */
    private static JWSKeySelector<SecurityContext> remote(String url) {
        try {
            return new JWSVerificationKeySelector<>(
                    KeyFiles.PUBLIC,
                    JWKSourceBuilder.create(URI.create(url).toURL())
                            .retrying(true)
                            .outageTolerant(true)
                            .build());
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public CompletionStage<Identity> verify(String token) {
        try {
            return fetching == null
                    ? CompletableFuture.completedStage(identity(token))
                    : CompletableFuture.supplyAsync(() -> identity(token), fetching);
        } catch (TokenRefusedException | RejectedExecutionException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private Identity identity(String token) {
        try {
            return claims.identity(processor.process(token, null), Instant.now());
        } catch (RemoteKeySourceException e) {
            throw new IllegalStateException("The keys for tokens cannot be fetched", e);
        } catch (ParseException | JOSEException | BadJOSEException e) {
            throw new TokenRefusedException("the token was refused: "
                    + (e instanceof com.nimbusds.jwt.proc.BadJWTException
                            ? e.getMessage()
                            : "not signed by a known key"));
        }
    }

    @PreDestroy
    void stop() {
        if (fetching != null) {
            fetching.shutdownNow();
        }
    }
}
