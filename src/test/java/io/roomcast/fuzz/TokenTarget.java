package io.roomcast.fuzz;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.TokenRefusedException;
import io.roomcast.jwt.JwtVerifier;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.support.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Whatever a token holds, it is refused, unless it says what was signed with the secret. */
public final class TokenTarget {
    /** Signed with {@link Tokens#SECRET}: ann, for as long as anybody will run this. Seeds the fuzzer. */
    static final String GOOD = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4iLCJleHAiOjQxMDI0NDQ4MDB9.";

    private static final JwtVerifier VERIFIER = verifier();

    private TokenTarget() {}

    private static JwtVerifier verifier() {
        Map<String, String> settings = Map.of("roomcast.auth", "token", "roomcast.auth.secret", Tokens.SECRET);
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet());
        JwtVerifier verifier = new JwtVerifier(config, new Threads(Runnable::run, null, Thread::new), Clocks.system());
        verifier.start();
        return verifier;
    }

    public static void fuzzerTestOneInput(byte[] data) {
        String token = new String(data, StandardCharsets.UTF_8);
        try {
            VERIFIER.verify(token).toCompletableFuture().join();
            if (!token.startsWith(GOOD)) {
                throw new AssertionError("taken: " + token);
            }
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof TokenRefusedException)) {
                throw new AssertionError(e.getCause());
            }
        }
    }
}
