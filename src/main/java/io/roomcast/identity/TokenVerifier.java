package io.roomcast.identity;

import java.util.concurrent.CompletionStage;

/** Verifies tokens and reads the identity of their users. */
public interface TokenVerifier {

    /** Reads the keys. Must be called once, before any other method, if connections or the server API use tokens. */
    void start();

    /**
     * Verifies a token. Any thread may call; never blocks.
     *
     * @return completes on any thread, usually before this method returns; fails with {@link TokenRefusedException} if
     *     the token is not valid, and with {@link TokenUncheckedException} if its key is not available now
     */
    CompletionStage<Identity> verify(String token);
}
