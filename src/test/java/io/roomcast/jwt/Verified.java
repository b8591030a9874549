package io.roomcast.jwt;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.support.Tokens;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a node reads from a token that is signed with {@link Tokens#SECRET}. */
final class Verified {
    private Verified() {}

    /** @throws java.util.concurrent.CompletionException if the token is refused */
    static Identity token(Map<String, String> settings, String token) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("roomcast.auth", "token");
        all.put("roomcast.auth.secret", Tokens.SECRET);
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.ofNullable(all.get(key)), all.keySet());
        JwtVerifier verifier = new JwtVerifier(config, new Threads(Runnable::run, null, Thread::new), Clocks.system());
        verifier.start();
        return verifier.verify(token).toCompletableFuture().join();
    }
}
