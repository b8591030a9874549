package io.roomcast.jwt;

import com.nimbusds.jose.JWSHeader;
import java.security.Key;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The keys that verify tokens. Any thread. */
interface SigningKeys extends AutoCloseable {

    /**
     * The keys that may have signed a token with this header; empty if no such token can be valid. Never blocks.
     *
     * @return fails with {@link io.roomcast.identity.TokenUncheckedException} if the keys are not available now
     */
    CompletionStage<List<? extends Key>> candidates(JWSHeader header);

    /**
     * Further keys that may have signed a token with this header. To be called if none of the candidates signed the
     * token. Never blocks.
     *
     * @return fails with {@link io.roomcast.identity.TokenUncheckedException} if the keys are not available now
     */
    default CompletionStage<List<? extends Key>> newer(JWSHeader header) {
        return CompletableFuture.completedStage(List.of());
    }

    @Override
    default void close() {}
}
