package io.roomcast.jwt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.sun.net.httpserver.HttpServer;
import io.roomcast.config.ConfigException;
import io.roomcast.config.Permission;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.identity.TokenRefusedException;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.support.Tokens;
import jakarta.json.Json;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtVerifierTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path directory;

    @Test
    void aTokenTellsNameTimeAndRooms() throws Exception {
        Identity ann = identity(
                secret(),
                Tokens.signed(Tokens.of("ann", HOUR)
                        .claim("rooms", Map.of("ops-*", List.of("read"), "lobby", List.of("read", "publish")))));
        assertEquals("ann", ann.userId().value());
        assertTrue(ann.isProven());
        assertTrue(ann.expires().isAfter(Instant.now().plusSeconds(3500)));
        assertTrue(ann.permissions().may(Permission.PUBLISH, new RoomName("lobby")));
        assertFalse(ann.permissions().may(Permission.PUBLISH, new RoomName("ops-db")));
        assertFalse(ann.permissions().may(Permission.READ, new RoomName("other")));
    }

    @Test
    void aClaimOfAnotherShapeAllowsNothing() throws Exception {
        for (Object rooms : List.of("lobby", List.of("lobby"), Map.of("lobby", "read"))) {
            Identity ann =
                    identity(secret(), Tokens.signed(Tokens.of("ann", HOUR).claim("rooms", rooms)));
            assertFalse(ann.permissions().may(Permission.READ, new RoomName("lobby")), rooms::toString);
        }
    }

    @Test
    void forgedTokensAreRefused() throws Exception {
        JwtVerifier verifier = secret();
        String good = Tokens.signed(Tokens.of("ann", HOUR));
        String[] parts = good.split("\\.", -1);
        String admin = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"sub\":\"admin\"}".getBytes(StandardCharsets.UTF_8));
        for (String forged : List.of(
                Tokens.signed(Tokens.of("ann", HOUR), Tokens.SECRET + "x"),
                new PlainJWT(Tokens.of("ann", HOUR).build()).serialize(),
                parts[0] + '.' + admin + '.' + parts[2],
                parts[0] + '.' + parts[1] + '.',
                parts[0] + '.' + parts[1],
                "..",
                "x",
                "{}",
                good + ".x",
                good.substring(1),
                "\u0000".repeat(100))) {
            assertRefused(verifier, forged);
        }
    }

    @Test
    void timesNamesIssuersAndAudiencesCount() throws Exception {
        JwtVerifier verifier = verifier(Map.of(
                "roomcast.auth.secret",
                Tokens.SECRET,
                "roomcast.auth.issuer",
                "login",
                "roomcast.auth.audience",
                "chat"));
        identity(verifier, Tokens.signed(claims("ann")));
        assertRefused(verifier, Tokens.signed(claims("ann").issuer("other")));
        assertRefused(verifier, Tokens.signed(claims("ann").issuer(null)));
        assertRefused(verifier, Tokens.signed(claims("ann").audience("other")));
        assertRefused(
                verifier,
                Tokens.signed(
                        claims("ann").expirationTime(Date.from(Instant.now().minusSeconds(2)))));
        assertRefused(
                verifier,
                Tokens.signed(
                        claims("ann").notBeforeTime(Date.from(Instant.now().plusSeconds(300)))));
        assertRefused(verifier, Tokens.signed(claims("system")));
        assertRefused(verifier, Tokens.signed(claims("a\nb")));
        assertRefused(verifier, Tokens.signed(claims(null)));
    }

    @Test
    void anIdIsAsItsIssuerHasIt() throws Exception {
        for (String id : List.of("auth0|5f7c", "ann+x@example.org", "https://id.example/u/1?a=b#c", "\u5c0f \u9f8d")) {
            User user = identity(secret(), Tokens.signed(Tokens.of(id, HOUR))).user();
            assertEquals(User.of(new UserId(id)), user, "without a name");
        }
    }

    @Test
    void aTokenTellsWhatIsShown() throws Exception {
        Map<String, Object> about = Map.of("tags", List.of("a\n\u2028"), "n", 1.50);
        JWTClaimsSet.Builder claims = Tokens.of("1", HOUR)
                .claim("name", " Ann\n\u202eLee ")
                .claim("who", about)
                .claim("nick", "annie");
        User plain = identity(secret(), Tokens.signed(claims)).user();
        assertEquals(new User(new UserId("1"), "Ann Lee", null), plain, "no info unless a claim is configured");
        JwtVerifier configured = verifier(Map.of(
                "roomcast.auth.secret",
                Tokens.SECRET,
                "roomcast.token.name-claim",
                "nick",
                "roomcast.token.info-claim",
                "who"));
        User user = identity(configured, Tokens.signed(claims)).user();
        assertEquals("annie", user.name());
        assertEquals(
                Json.createReader(new StringReader("{\"tags\":[\"a\\n\u2028\"],\"n\":1.5}"))
                        .readObject(),
                Json.createReader(new StringReader(user.info())).readObject());
        assertEquals(-1, user.info().indexOf('\n'), "one line");
    }

    @Test
    void aNameOrInfoOfAnotherKindIsLeftOut() throws Exception {
        JwtVerifier verifier =
                verifier(Map.of("roomcast.auth.secret", Tokens.SECRET, "roomcast.token.info-claim", "who"));
        for (Object wrong : List.of(1, true, List.of("x"), Map.of("name", "x"))) {
            assertEquals(
                    "ann",
                    identity(verifier, Tokens.signed(claims("ann").claim("name", wrong)))
                            .user()
                            .name());
        }
        for (Object wrong : List.of(1, "{}", List.of(Map.of()))) {
            assertNull(identity(verifier, Tokens.signed(claims("ann").claim("who", wrong)))
                    .user()
                    .info());
        }
    }

    @Test
    void publicKeysInPem() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).generate();
        String token = Tokens.signed(
                Tokens.of("ann", HOUR),
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("any").build(),
                new RSASSASigner(rsa));
        JwtVerifier verifier = verifier(
                Map.of("roomcast.auth.public-key", pem(rsa.toPublicKey().getEncoded())));
        assertEquals("ann", identity(verifier, token).userId().value());
        // Whoever has the public key, which is everyone, could sign with its bytes as a secret.
        assertRefused(
                verifier,
                Tokens.signed(
                        Tokens.of("ann", HOUR),
                        new JWSHeader(JWSAlgorithm.HS256),
                        new MACSigner(rsa.toPublicKey().getEncoded())));
        ECKey ec = new ECKeyGenerator(Curve.P_256).generate();
        String signed = Tokens.signed(Tokens.of("bob", HOUR), new JWSHeader(JWSAlgorithm.ES256), new ECDSASigner(ec));
        assertRefused(verifier, signed);
        assertEquals(
                "bob",
                identity(
                                verifier(Map.of(
                                        "roomcast.auth.public-key",
                                        pem(ec.toPublicKey().getEncoded()))),
                                signed)
                        .userId()
                        .value());
    }

    @Test
    void keySetsFromAFileAndFromAUrl() throws Exception {
        RSAKey key = new RSAKeyGenerator(2048).keyID("one").generate();
        String token = Tokens.signed(
                Tokens.of("ann", HOUR),
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(),
                new RSASSASigner(key));
        String set = new JWKSet(key.toPublicJWK()).toString();
        Path file = Files.writeString(directory.resolve("jwks.json"), set);
        assertEquals(
                "ann",
                identity(verifier(Map.of("roomcast.auth.jwks", file.toString())), token)
                        .userId()
                        .value());
        HttpServer http = serve(set);
        try {
            String url = "http://127.0.0.1:" + http.getAddress().getPort() + "/jwks";
            JwtVerifier verifier = verifier(Map.of(
                    "roomcast.auth.jwks", url,
                    "roomcast.auth.issuer", Tokens.ISSUER,
                    "roomcast.auth.audience", Tokens.AUDIENCE));
            assertEquals("ann", identity(verifier, token).userId().value());
            assertRefused(verifier, Tokens.signed(Tokens.of("ann", HOUR)));
            verifier.stop();
        } finally {
            http.stop(0);
        }
    }

    @Test
    void wrongKeysAreToldWhenItStarts() {
        for (Map<String, String> wrong : List.of(
                Map.<String, String>of(),
                Map.of("roomcast.auth.secret", "short"),
                Map.of("roomcast.auth.secret", Tokens.SECRET, "roomcast.auth.jwks", "x"),
                Map.of("roomcast.auth.jwks", "none.json"),
                Map.of("roomcast.auth.public-key", "pom.xml"))) {
            String problem = assertThrows(ConfigException.class, () -> verifier(wrong), wrong::toString)
                    .getMessage();
            assertTrue(problem.contains("roomcast.auth"), problem);
            assertFalse(problem.contains("short"), problem);
        }
    }

    private static HttpServer serve(String text) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", exchange -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        http.start();
        return http;
    }

    private String pem(byte[] encoded) throws IOException {
        String text = "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                + "\n-----END PUBLIC KEY-----\n";
        return Files.writeString(Files.createTempFile(directory, "key", ".pem"), text)
                .toString();
    }

    private static JWTClaimsSet.Builder claims(String user) {
        return Tokens.of(user, HOUR).issuer("login").audience(List.of("mail", "chat"));
    }

    private static JwtVerifier secret() {
        return verifier(Map.of("roomcast.auth.secret", Tokens.SECRET));
    }

    private static JwtVerifier verifier(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("roomcast.auth", "token");
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.ofNullable(all.get(key)), all.keySet());
        JwtVerifier verifier = new JwtVerifier(config, Threads.of(Thread::new, 1), Clocks.system());
        verifier.start();
        return verifier;
    }

    private static Identity identity(JwtVerifier verifier, String token) throws Exception {
        return verifier.verify(token).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static void assertRefused(JwtVerifier verifier, String token) {
        ExecutionException refused = assertThrows(ExecutionException.class, () -> identity(verifier, token), token);
        assertInstanceOf(TokenRefusedException.class, refused.getCause(), token);
    }
}
