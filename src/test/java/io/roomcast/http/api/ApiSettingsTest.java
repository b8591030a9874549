package io.roomcast.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import io.roomcast.config.ConfigException;
import io.roomcast.it.http.ApiServer;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Http;
import io.roomcast.support.Tokens;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the keys of the configuration do to the server API. */
class ApiSettingsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void withoutAKeyTheApiIsOff() {
        try (EmbeddedServer closed = EmbeddedServer.start()) {
            HttpResponse<String> refused = new Http(closed.uri(), "any").send("GET", "/api/v1/node", null);
            assertEquals(403, refused.statusCode());
            assertTrue(refused.body().contains("roomcast.api.key"), refused.body());
        }
    }

    @Test
    void aTokenServesWithoutAKey() {
        try (EmbeddedServer server =
                EmbeddedServer.start(Map.of("roomcast.auth.secret", Tokens.SECRET, "roomcast.api.claim", "api"))) {
            String token = Tokens.signed(Tokens.of("billing", HOUR).claim("api", List.of("operate")));
            assertEquals(
                    200,
                    new Http(server.uri(), token)
                            .send("GET", "/api/v1/node", null)
                            .statusCode());
            assertEquals(
                    401,
                    new Http(server.uri(), ApiServer.KEY)
                            .send("GET", "/api/v1/node", null)
                            .statusCode());
        }
    }

    @Test
    void keysThatHaveToBeFetchedFirstHoldNothingUp() throws Exception {
        RSAKey key = new RSAKeyGenerator(2048).keyID("k1").generate();
        HttpServer keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        keys.createContext("/", exchange -> {
            byte[] body = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        keys.start();
        Map<String, String> settings = Map.of(
                "roomcast.auth.jwks",
                "http://127.0.0.1:" + keys.getAddress().getPort() + "/",
                "roomcast.auth.issuer",
                Tokens.ISSUER,
                "roomcast.auth.audience",
                Tokens.AUDIENCE,
                "roomcast.api.claim",
                "api");
        try (EmbeddedServer remote = EmbeddedServer.start(settings)) {
            String token = Tokens.signed(
                    Tokens.of("billing", HOUR)
                            .claim("api", List.of("publish"))
                            .claim("rooms", Map.of("orders", List.of("publish"))),
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build(),
                    new RSASSASigner(key));
            String message = "{\"sender\":\"billing\",\"content\":\"x\"}";
            Http billing = new Http(remote.uri(), token);
            assertEquals(
                    1,
                    billing.json("POST", "/api/v1/rooms/orders/messages", message)
                            .getInt("offset"));
            keys.stop(0);
            assertEquals(
                    2,
                    billing.json("POST", "/api/v1/rooms/orders/messages", message)
                            .getInt("offset"));
        } finally {
            keys.stop(0);
        }
    }

    @Test
    void tokensWithoutKeysToCheckThemAreAMistake() {
        ConfigException wrong =
                assertThrows(ConfigException.class, () -> EmbeddedServer.start(Map.of("roomcast.api.claim", "api")));
        assertTrue(wrong.getMessage().contains("roomcast.auth.secret"), wrong.getMessage());
    }
}
