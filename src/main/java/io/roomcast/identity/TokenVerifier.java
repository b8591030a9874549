package io.roomcast.identity;

import java.util.concurrent.CompletionStage;

/** Checks tokens and finds out whose they are. */
public interface TokenVerifier {

    /** Reads the keys; called once, before any other method, when tokens are what identity rests on. */
    void start();

    /**
     * Never blocks; completes on any thread, and mostly at once on the caller's.
     *
     * @return fails with {@link TokenRefusedException} for a token that proves nothing, and with {@link TokenUncheckedException} where
     *     the keys that it takes are not at hand
     */
    CompletionStage<Identity> verify(String token);
}
