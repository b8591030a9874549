package io.roomcast.service.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {
    private static final String KEY = "Sec-WebSocket-Key";
    private static final String SOME_KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final Map<String, List<String>> HANDSHAKE =
            Map.of("Upgrade", List.of("websocket"), "Connection", List.of("Upgrade"), KEY, List.of(SOME_KEY));

    private static RequestHead handshakeWith(String header, String... values) {
        Map<String, List<String>> headers = new HashMap<>(HANDSHAKE);
        headers.put(header, List.of(values));
        return RequestHeads.get("/ws", headers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "AAAAAAAAAAAAAAAAAAAAAA",
                "AAAAAAAAAAAAAAAAAAAA",
                "AAAAAAAAAAAAAAAAAAAAAAAA",
                "!!!!!!!!!!!!!!!!!!!!!!==",
                "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="
            })
    void aKeyIsSixteenBytes(String key) {
        assertFalse(handshakeWith(KEY, key).isWellFormed());
        assertFalse(handshakeWith(KEY, SOME_KEY, SOME_KEY).isWellFormed());
        assertFalse(handshakeWith(KEY).isWellFormed());
    }

    @Test
    void aHandshakeHasNoBody() {
        assertTrue(handshakeWith("Content-Length", "0").isWellFormed());
        assertFalse(handshakeWith("Content-Length", "5").isWellFormed());
        assertFalse(handshakeWith("Transfer-Encoding", "chunked").isWellFormed());
    }

    @Test
    void theVersionIs13() {
        assertTrue(handshakeWith("Sec-WebSocket-Version", "13").handshake().isSupportedVersion());
        for (String other : List.of("8", "", "013", "13, 8", "x")) {
            assertFalse(
                    handshakeWith("Sec-WebSocket-Version", other).handshake().isSupportedVersion(), other);
        }
        assertFalse(RequestHeads.get("/ws", HANDSHAKE).handshake().isSupportedVersion());
        assertFalse(
                handshakeWith("Sec-WebSocket-Version", "13", "8").handshake().isSupportedVersion());
    }

    @Test
    void http10KnowsNoChunks() {
        Map<String, List<String>> chunked = Map.of("Transfer-Encoding", List.of("chunked"));
        assertTrue(RequestHeads.of("POST", "HTTP/1.1", "/", chunked).hasUnambiguousLength());
        assertFalse(RequestHeads.of("POST", "HTTP/1.0", "/", chunked).hasUnambiguousLength());
    }

    @ParameterizedTest
    @CsvSource({
        "websocket, Upgrade, true",
        "WebSocket, 'keep-alive, upgrade', true",
        "x, Upgrade, false",
        "'', Upgrade, false",
        "'websocket, h2c', Upgrade, false",
        "h2c, 'Upgrade, HTTP2-Settings', false",
        "websocket, close, false",
        "websocket, '', false",
    })
    void everyOfferOnAnEndpointIsAHandshakeAndOneKindIsWellFormed(
            String upgrade, String connection, boolean wellFormed) {
        RequestHead head = RequestHeads.get(
                "/ws", Map.of("upgrade", List.of(upgrade), "Connection", List.of(connection), KEY, List.of(SOME_KEY)));
        assertTrue(head.isHandshake());
        assertEquals(wellFormed, head.isWellFormed());
    }

    @ParameterizedTest
    @CsvSource({
        "/ws/lobby/ann?since=e1:3, true",
        "/ws?token=a.b-c_d~&x=%C3%A4+/?@:;[], true",
        "/ws?, true",
        "/ws?a=%, false",
        "/ws?a=%z1, false",
        "/ws?a={}, false",
        "/ws?a=|, false",
        "/ws?a=\\, false",
        "'/ws?a=\"<>', false",
        "/ws?a=\u00ff\u00fe, false",
    })
    void aQueryIsInTheCharactersOfAUri(String address, boolean wellFormed) {
        assertEquals(wellFormed, RequestHeads.get(address, HANDSHAKE).isWellFormed());
    }

    @Test
    void severalUpgradesAreNotWellFormed() {
        Map<String, List<String>> headers = Map.of(
                "Upgrade", List.of("websocket", "websocket"), "Connection", List.of("Upgrade"), KEY, List.of(SOME_KEY));
        assertFalse(RequestHeads.get("/ws/lobby/ann", headers).isWellFormed());
    }

    @Test
    void whatOpensAWebSocketOnSomeServerIsAHandshake() {
        RequestHead tyrus = RequestHeads.get("/ws", Map.of("sec-websocket-key", List.of("x")));
        assertTrue(tyrus.isHandshake() && !tyrus.isWellFormed());
        RequestHead http2 = RequestHeads.of("CONNECT", "HTTP/2.0", "/ws", Map.of());
        assertTrue(http2.isHandshake() && !http2.isWellFormed());
        assertFalse(RequestHeads.get("/ws", Map.of()).isHandshake());
        assertFalse(RequestHeads.get("/metrics", Map.of("Upgrade", List.of("websocket")))
                .isHandshake());
    }

    @Test
    void onlyGetOfHttp11IsWellFormed() {
        assertTrue(RequestHeads.of("GET", "HTTP/1.1", "/ws", HANDSHAKE).isWellFormed());
        assertFalse(RequestHeads.of("POST", "HTTP/1.1", "/ws", HANDSHAKE).isWellFormed());
        assertFalse(RequestHeads.of("GET", "HTTP/1.0", "/ws", HANDSHAKE).isWellFormed());
        assertFalse(RequestHeads.of("GET", "HTTP/2.0", "/ws", HANDSHAKE).isWellFormed());
    }

    /** A picture on a page of another site. A request with an origin is judged by that. */
    @Test
    void aBrowserTellsThatAPageIsOfAnotherSite() {
        for (String site : List.of("cross-site", "same-site")) {
            assertTrue(RequestHeads.get("/http/events", Map.of("Sec-Fetch-Site", List.of(site)))
                    .isOfUnnamedPage());
            assertFalse(RequestHeads.get(
                            "/http/events",
                            Map.of("Sec-Fetch-Site", List.of(site), "Origin", List.of("https://chat.example")))
                    .isOfUnnamedPage());
        }
        for (String site : List.of("same-origin", "none")) {
            assertFalse(RequestHeads.get("/http/events", Map.of("Sec-Fetch-Site", List.of(site)))
                    .isOfUnnamedPage());
        }
        assertFalse(RequestHeads.get("/http/events", Map.of()).isOfUnnamedPage());
    }
}
