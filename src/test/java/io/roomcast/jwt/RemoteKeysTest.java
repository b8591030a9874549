package io.roomcast.jwt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.roomcast.identity.TokenUncheckedException;
import io.roomcast.support.ManualTimer;
import java.io.IOException;
import java.security.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RemoteKeysTest {
    private static final Duration REFRESH = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration OUTAGE = Duration.ofHours(1);

    private final ManualTimer timer = new ManualTimer();
    private final List<CompletableFuture<JWKSet>> fetches = new ArrayList<>();
    private final RemoteKeys keys = begun(REFRESH);

    private RemoteKeys begun(Duration refresh) {
        RemoteKeys begun = new RemoteKeys(
                () -> {
                    CompletableFuture<JWKSet> fetch = new CompletableFuture<>();
                    fetches.add(fetch);
                    return fetch;
                },
                new RemoteKeys.Pace(refresh, PAUSE, PATIENCE, OUTAGE, 100),
                new SourceLog("the test"),
                Runnable::run,
                timer,
                timer::nanos);
        begun.start();
        timer.advance(0);
        return begun;
    }

    @Test
    void keysAreFetchedAheadAndThenAtHand() {
        assertEquals(1, fetches.size());
        answer("one");
        assertEquals(1, found("one").join().size());
        timer.advance(REFRESH.toMillis() - 1);
        assertEquals(1, fetches.size());
        timer.advance(1);
        assertEquals(2, fetches.size());
        assertEquals(1, found("one").join().size(), "nobody waits for the second fetch");
        answer("two");
        assertEquals(1, found("two").join().size());
    }

    @Test
    void aTokenWaitsForTheFirstKeys() {
        CompletableFuture<List<? extends Key>> waiting = found("one");
        assertFalse(waiting.isDone());
        answer("one");
        assertEquals(1, waiting.join().size());
        assertEquals(1, timer.pending(), "the next fetch, and nobody's patience");
    }

    @Test
    void aSourceThatDripsBlocksNobodyWhoseKeyIsKnown() {
        answer("one");
        timer.advance(REFRESH.toMillis());
        assertEquals(2, fetches.size());
        assertEquals(1, found("one").join().size());
        CompletableFuture<List<? extends Key>> stranger = found("other");
        timer.advance(PATIENCE.toMillis());
        assertUnchecked(stranger);
        assertEquals(1, found("one").join().size());
        assertEquals(2, fetches.size(), "one at a time");
    }

    @Test
    void whileTheSourceIsDownTheLastKeysServeAndTheRestIsUnavailable() {
        answer("one");
        timer.advance(REFRESH.toMillis());
        fail();
        assertEquals(1, found("one").join().size());
        CompletableFuture<List<? extends Key>> stranger = found("two");
        timer.advance(PAUSE.toMillis());
        fail();
        assertUnchecked(stranger);
        timer.advance(PAUSE.multipliedBy(10).toMillis());
        answer("two");
        assertEquals(1, found("two").join().size(), "it is asked again by itself");
    }

    @Test
    void keysThatAreTooOldServeNobody() {
        answer("one");
        for (long waited = 0; waited <= OUTAGE.toMillis(); waited += 1_000) {
            timer.advance(1_000);
            if (!latest().isDone()) {
                fail();
            }
        }
        CompletableFuture<List<? extends Key>> waiting = found("one");
        timer.advance(PATIENCE.toMillis());
        if (!latest().isDone()) {
            fail();
        }
        assertUnchecked(waiting);
    }

    @Test
    void unknownKeysHastenOneFetchAndNoMore() {
        answer("one");
        List<CompletableFuture<List<? extends Key>>> flood =
                IntStream.range(0, 1_000).mapToObj(i -> found("unknown" + i)).toList();
        assertEquals(1, fetches.size(), "the pause is kept");
        assertEquals(
                900,
                flood.stream()
                        .filter(CompletableFuture::isCompletedExceptionally)
                        .count());
        timer.advance(PAUSE.toMillis());
        assertEquals(2, fetches.size());
        CompletableFuture<List<? extends Key>> rotated = found("two");
        assertUnchecked(rotated);
        answer("one", "two");
        assertTrue(flood.get(0).join().isEmpty(), "a key that is not in the newest set is none");
        assertEquals(1, found("two").join().size());
        timer.advance(REFRESH.toMillis() - 1);
        assertEquals(2, fetches.size());
    }

    @Test
    void aNewKeyIsFoundAtOnceWhenThePauseIsOver() {
        answer("one");
        timer.advance(PAUSE.toMillis());
        CompletableFuture<List<? extends Key>> rotated = found("two");
        timer.advance(0);
        answer("two");
        assertEquals(1, rotated.join().size());
    }

    @Test
    void aRefreshThatIsShorterThanThePauseWaitsForIt() {
        keys.close();
        fetches.clear();
        RemoteKeys hasty = begun(Duration.ofSeconds(1));
        timer.advance(500);
        answer("one");
        timer.advance(PAUSE.toMillis() - 501);
        assertEquals(1, fetches.size(), "three seconds between the beginnings of two fetches");
        timer.advance(1);
        assertEquals(2, fetches.size());
        fail();
        timer.advance(PAUSE.toMillis() - 1);
        assertEquals(2, fetches.size(), "after one that failed, too");
        timer.advance(1);
        assertEquals(3, fetches.size());
        timer.advance(PAUSE.toMillis() + 1_000);
        answer("one");
        timer.advance(999);
        assertEquals(3, fetches.size(), "the pause has passed while it was under way, the refresh has not");
        timer.advance(1);
        assertEquals(4, fetches.size());
        hasty.close();
    }

    @Test
    void whoNamesNoKeyMayMeanOneThatIsNewer() {
        answer("one");
        assertTrue(newer("one").join().isEmpty(), "a name stands for one key");
        CompletableFuture<List<? extends Key>> waiting = newer(null);
        timer.advance(PAUSE.toMillis() - 1);
        assertEquals(1, fetches.size());
        timer.advance(1);
        assertEquals(2, fetches.size());
        assertFalse(waiting.isDone());
        answer("two");
        assertEquals(1, waiting.join().size());
        timer.advance(PAUSE.toMillis());
        CompletableFuture<List<? extends Key>> untold = newer(null);
        timer.advance(0);
        fail();
        assertUnchecked(untold);
    }

    @Test
    void anAlgorithmThatIsNeverTakenAsksNobody() {
        assertTrue(keys.candidates(new JWSHeader(JWSAlgorithm.HS256))
                .toCompletableFuture()
                .join()
                .isEmpty());
        assertTrue(keys.candidates(new JWSHeader(JWSAlgorithm.ES512))
                .toCompletableFuture()
                .join()
                .isEmpty());
    }

    @Test
    void closingEndsEverythingThatWaits() {
        CompletableFuture<List<? extends Key>> waiting = found("one");
        keys.close();
        assertUnchecked(waiting);
        assertUnchecked(found("one"));
        answer("one");
        assertEquals(0, timer.pending());
    }

    private CompletableFuture<JWKSet> latest() {
        return fetches.get(fetches.size() - 1);
    }

    private void answer(String... names) {
        latest().complete(new JWKSet(Stream.of(names).map(RemoteKeysTest::key).toList()));
    }

    private void fail() {
        latest().completeExceptionally(new IOException("down"));
    }

    private static JWK key(String name) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(name).generate().toPublicJWK();
        } catch (JOSEException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private CompletableFuture<List<? extends Key>> found(String name) {
        return keys.candidates(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(name).build())
                .toCompletableFuture();
    }

    private CompletableFuture<List<? extends Key>> newer(String name) {
        return keys.newerCandidates(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(name).build())
                .toCompletableFuture();
    }

    private static void assertUnchecked(CompletableFuture<?> waiting) {
        assertTrue(waiting.isDone());
        CompletionException unchecked = assertThrows(CompletionException.class, waiting::join);
        assertInstanceOf(TokenUncheckedException.class, unchecked.getCause());
    }
}
