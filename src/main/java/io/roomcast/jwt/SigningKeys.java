package io.roomcast.jwt;

import com.nimbusds.jose.JWSHeader;
import java.security.Key;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The keys that verify the signatures of tokens. Any thread may call. */
interface SigningKeys extends AutoCloseable {

    /**
     * Returns the keys that may have signed a token with this header, or an empty list if no such token can be valid.
     * Never blocks.
     *
     * @return fails with {@link io.roomcast.identity.TokenUncheckedException} if the keys are not available now
     */
    CompletionStage<List<? extends Key>> candidates(JWSHeader header);

    /**
     * Returns keys that were perhaps added since {@link #candidates}, and that may have signed a token with this
     * header. Must be called only if none of the candidates signed the token. Never blocks.
     *
     * @return fails with {@link io.roomcast.identity.TokenUncheckedException} if the keys are not available now
     */
    default CompletionStage<List<? extends Key>> newerCandidates(JWSHeader header) {
        return CompletableFuture.completedStage(List.of());
    }

    @Override
    default void close() {}
}
