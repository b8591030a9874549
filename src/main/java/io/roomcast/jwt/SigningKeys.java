package io.roomcast.jwt;

import com.nimbusds.jose.JWSHeader;
import java.security.Key;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The keys that tokens are checked with. */
interface SigningKeys extends AutoCloseable {

    /**
     * Those that may have signed a token with this header; none where it cannot be good. Never blocks.
     *
     * @return fails with {@link io.roomcast.identity.TokenUncheckedException} where nobody can tell now
     */
    CompletionStage<List<? extends Key>> candidates(JWSHeader header);

    /**
     * Those that may have signed it besides, asked for where none of the candidates did. Never blocks.
     *
     * @return fails with {@link io.roomcast.identity.TokenUncheckedException} where nobody can tell now
     */
    default CompletionStage<List<? extends Key>> newer(JWSHeader header) {
        return CompletableFuture.completedStage(List.of());
    }

    @Override
    default void close() {}
}
