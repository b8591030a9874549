package io.roomcast.it.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Handshake;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strange pages may do with the server, and what the server lets browsers do with its own. */
class WebSecurityIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @AutoClose
    private static EmbeddedServer server;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "ws/lobby/ann", "ws?user=ann"})
    void aPageOfAnotherSiteIsRefusedAtTheHandshake(String path) throws IOException {
        assertEquals(
                403,
                Handshake.to(server.uri().resolve(path))
                        .origin("https://evil.example")
                        .status());
        assertEquals(
                403, Handshake.to(server.uri().resolve(path)).origin("null").status());
    }

    @Test
    void pagesOfTheSameHostAndProgramsAreNot() throws IOException {
        URI ws = server.uri().resolve("ws");
        assertEquals(101, Handshake.to(ws).status());
        assertEquals(
                101,
                Handshake.to(ws).origin("http://127.0.0.1:" + server.port()).status());
    }

    @Test
    void aRequestThatMayChangeSomethingIsRefusedToo() throws Exception {
        HttpRequest post = HttpRequest.newBuilder(server.uri().resolve("health/ready"))
                .header("Origin", "https://evil.example")
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(10_000)))
                .build();
        HttpResponse<String> answer = HTTP.send(post, HttpResponse.BodyHandlers.ofString());
        assertEquals(403, answer.statusCode());
        assertTrue(answer.body().contains("roomcast.origins"), answer.body());
        assertEquals(
                "*", answer.headers().firstValue("Access-Control-Allow-Origin").orElse(""), "the page reads why");
        requireHeaders(answer.headers());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "js/roomcast.js",
                "css/base.css",
                "img/favicon.svg",
                "health/live",
                "health/none",
                "none",
                "ws",
                "WEB-INF/web.xml"
            })
    void everyAnswerHasTheSecurityHeaders(String path) throws Exception {
        HttpRequest get = HttpRequest.newBuilder(server.uri().resolve(path)).build();
        requireHeaders(HTTP.send(get, HttpResponse.BodyHandlers.ofString()).headers());
    }

    private static void requireHeaders(HttpHeaders headers) {
        String policy = headers.firstValue("Content-Security-Policy").orElse("");
        assertTrue(policy.contains("default-src 'none'"), policy);
        assertTrue(policy.contains("frame-ancestors 'none'"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        assertEquals("DENY", headers.firstValue("X-Frame-Options").orElse(""));
        assertEquals("nosniff", headers.firstValue("X-Content-Type-Options").orElse(""));
        assertEquals("same-origin", headers.firstValue("Referrer-Policy").orElse(""));
        assertTrue(headers.firstValue("Permissions-Policy").orElse("").contains("camera=()"));
        assertEquals(1, headers.allValues("Content-Security-Policy").size());
    }
}
