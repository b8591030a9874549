package io.roomcast.jwt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.util.Base64URL;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.identity.TokenRefusedException;
import io.roomcast.identity.TokenUncheckedException;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.KeyServer;
import io.roomcast.support.Tokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A verifier whose keys stand behind a URL that answers badly, over real connections. */
@Timeout(60)
class KeySourceTest {
    private static final long PATIENCE_SECONDS = 20;
    /** For a source that answers, on a machine that may be slow. */
    private static final Map<String, String> PATIENT = Map.of("roomcast.auth.jwks-timeout", "20s");

    private final Threads threads = Threads.of(Thread::new, 2);
    private JwtVerifier verifier;

    @AfterEach
    void stop() {
        verifier.stop();
        threads.end();
    }

    /** The token is good, and only nobody can tell: whoever shows it comes back. */
    @ParameterizedTest
    @EnumSource(
            value = KeyServer.Manner.class,
            names = {"GOOD", "AMONG_OTHERS"},
            mode = EnumSource.Mode.EXCLUDE)
    void aGoodTokenIsUncheckedWhileTheSourceIsBadAndGoodAfterwards(KeyServer.Manner manner) throws Exception {
        try (KeyServer server = new KeyServer(manner)) {
            start(server, Map.of());
            String token = server.signed(Tokens.of("ann", Duration.ofHours(1)));
            assertUnchecked(verify(token));
            server.be(KeyServer.Manner.GOOD);
            Identity ann = null;
            while (ann == null) {
                try {
                    ann = verify(token).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    assertInstanceOf(TokenUncheckedException.class, e.getCause());
                }
            }
            assertEquals("ann", ann.userId().value());

            server.be(manner);
            int asked = server.asked();
            // The first one may share an answer that is on its way.
            Await.until("the source is asked again", () -> {
                assertUnchecked(verify(unknown(token)));
                return server.asked() > asked;
            });
            assertEquals(
                    "ann",
                    verify(token)
                            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .userId()
                            .value(),
                    "the last good keys serve on");
        }
    }

    /** No such host, nobody there, no TLS there. */
    @Test
    void anAddressWhereNoKeysAreIsASourceThatIsDown() throws Exception {
        try (KeyServer server = new KeyServer(KeyServer.Manner.GOOD)) {
            String token = server.signed(Tokens.of("ann", Duration.ofHours(1)));
            for (String url : List.of(
                    "http://nobody.invalid/keys",
                    "http://127.0.0.1:1/keys",
                    server.url().replace("http:", "https:"))) {
                start(server, Map.of("roomcast.auth.jwks", url));
                assertUnchecked(verify(token));
                verifier.stop();
            }
        }
    }

    /** Whoever runs the server reads of an outage once, not once for each who wants to enter. */
    @Test
    void anOutageIsOneLineWithoutATraceHoweverManyShowATokenMeanwhile() throws Exception {
        try (KeyServer server = new KeyServer(KeyServer.Manner.GOOD);
                CapturedLog log = CapturedLog.of("io.roomcast")) {
            String token = server.signed(Tokens.of("ann", Duration.ofHours(1)));
            start(server, Map.of("roomcast.auth.jwks", "http://127.0.0.1:1/keys"));
            List<CompletableFuture<Identity>> crowd = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                crowd.add(verify(token));
            }
            for (CompletableFuture<Identity> one : crowd) {
                assertUnchecked(one);
            }
            // Each of these waits for a fetch of its own.
            for (int i = 0; i < 5; i++) {
                assertUnchecked(verify(token));
            }
            verifier.stop();
            List<String> lines = log.messages(Level.INFO);
            assertEquals(1, lines.size(), lines::toString);
            assertTrue(lines.get(0).startsWith("Cannot fetch the keys for tokens from http://127.0.0.1:1/keys: "));
            assertFalse(lines.get(0).contains("\n"), lines.get(0));
            assertFalse(log.hasTraces());
        }
    }

    @Test
    void theEndOfAnOutageIsToldAndThenTheNextOne() throws Exception {
        try (KeyServer server = new KeyServer(KeyServer.Manner.ERROR);
                CapturedLog log = CapturedLog.of("io.roomcast")) {
            start(server, PATIENT);
            String token = server.signed(Tokens.of("ann", Duration.ofHours(1)));
            String stranger = unknown(token);
            for (int outage = 1; outage <= 2; outage++) {
                server.be(KeyServer.Manner.ERROR);
                for (int i = 0; i < 3; i++) {
                    assertUnchecked(verify(stranger));
                }
                assertEquals(2 * outage - 1, log.messages(Level.INFO).size(), "one line for the outage");
                server.be(KeyServer.Manner.GOOD);
                ExecutionException refused = assertThrows(
                        ExecutionException.class, () -> verify(stranger).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
                assertInstanceOf(TokenRefusedException.class, refused.getCause());
                assertEquals(2 * outage, log.messages(Level.INFO).size(), "and one for its end");
            }
            assertEquals(2, log.messages(Level.WARNING).size());
            assertFalse(log.hasTraces());
        }
    }

    @Test
    void aFloodOfUnknownKeysAsksTheSourceRarely() throws Exception {
        try (KeyServer server = new KeyServer(KeyServer.Manner.GOOD)) {
            start(server, Map.of("roomcast.auth.jwks-timeout", "3s", "roomcast.auth.jwks-pause", "1m"));
            verify(server.signed(Tokens.of("ann", Duration.ofHours(1)))).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            String stranger = unknown(server.signed(Tokens.of("ann", Duration.ofHours(1))));
            for (int i = 0; i < 500; i++) {
                var unused = verify(stranger);
            }
            assertUnchecked(verify(stranger));
            assertEquals(1, server.asked());
        }
    }

    @Test
    void aKeyThatIsInNoSetIsRefused() throws Exception {
        try (KeyServer server = new KeyServer(KeyServer.Manner.GOOD)) {
            start(server, PATIENT);
            String stranger = unknown(server.signed(Tokens.of("ann", Duration.ofHours(1))));
            ExecutionException refused = assertThrows(
                    ExecutionException.class, () -> verify(stranger).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertInstanceOf(TokenRefusedException.class, refused.getCause());
        }
    }

    /** The issuer has one key, which it changes, and names none in its tokens. */
    @Test
    void aTokenWithoutTheNameOfItsKeyOutlivesAChangeOfKeys() throws Exception {
        try (KeyServer server = new KeyServer(KeyServer.Manner.GOOD)) {
            start(server, PATIENT);
            String token = server.signedWithoutName(Tokens.of("ann", Duration.ofHours(1)));
            verify(token).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            server.changeKey();
            String next = server.signedWithoutName(Tokens.of("ann", Duration.ofHours(1)));
            assertEquals(
                    "ann",
                    verify(next)
                            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .userId()
                            .value());
            ExecutionException refused =
                    assertThrows(ExecutionException.class, () -> verify(token).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertInstanceOf(TokenRefusedException.class, refused.getCause());
            server.be(KeyServer.Manner.ERROR);
            assertUnchecked(verify(token));
        }
    }

    /** An issuer may publish kinds of keys that did not exist when this was written. */
    @Test
    void keysThatAreNotUnderstoodArePassedOver() throws Exception {
        try (KeyServer server = new KeyServer(KeyServer.Manner.AMONG_OTHERS)) {
            start(server, PATIENT);
            verify(server.signed(Tokens.of("ann", Duration.ofHours(1)))).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatWasOpenedIsClosed() throws Exception {
        try (KeyServer server = new KeyServer(KeyServer.Manner.SILENT)) {
            start(server, Map.of("roomcast.auth.jwks-timeout", "1m"));
            CompletableFuture<Identity> waiting = verify(server.signed(Tokens.of("ann", Duration.ofHours(1))));
            verifier.stop();
            assertUnchecked(waiting);
        }
    }

    private void start(KeyServer server, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "roomcast.auth", "token",
                "roomcast.auth.jwks", server.url(),
                "roomcast.auth.issuer", Tokens.ISSUER,
                "roomcast.auth.audience", Tokens.AUDIENCE,
                "roomcast.auth.jwks-timeout", "400ms",
                "roomcast.auth.jwks-pause", "100ms",
                "roomcast.auth.jwks-bytes", "16KiB"));
        settings.putAll(more);
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet());
        verifier = new JwtVerifier(config, threads, Clocks.system());
        verifier.start();
    }

    private CompletableFuture<Identity> verify(String token) {
        return verifier.verify(token).toCompletableFuture();
    }

    /** The same, but signed by a key of another name. */
    private static String unknown(String token) {
        String header = "{\"alg\":\"RS256\",\"kid\":\"two\"}";
        return Base64URL.encode(header) + token.substring(token.indexOf('.'));
    }

    private static void assertUnchecked(CompletableFuture<Identity> waiting) {
        ExecutionException failure =
                assertThrows(ExecutionException.class, () -> waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertInstanceOf(TokenUncheckedException.class, failure.getCause());
    }
}
