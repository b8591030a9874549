package io.roomcast.service.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestHeadTest {

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
        RequestHead head =
                RequestHeads.get("/ws", Map.of("upgrade", List.of(upgrade), "Connection", List.of(connection)));
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
        Map<String, List<String>> headers = Map.of("Upgrade", List.of("websocket"), "Connection", List.of("Upgrade"));
        assertEquals(wellFormed, RequestHeads.get(address, headers).isWellFormed());
    }

    @Test
    void severalUpgradesAreNotWellFormed() {
        Map<String, List<String>> headers =
                Map.of("Upgrade", List.of("websocket", "websocket"), "Connection", List.of("Upgrade"));
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
        Map<String, List<String>> headers = Map.of("Upgrade", List.of("websocket"), "Connection", List.of("Upgrade"));
        assertTrue(RequestHeads.of("GET", "HTTP/1.1", "/ws", headers).isWellFormed());
        assertFalse(RequestHeads.of("POST", "HTTP/1.1", "/ws", headers).isWellFormed());
        assertFalse(RequestHeads.of("GET", "HTTP/1.0", "/ws", headers).isWellFormed());
        assertFalse(RequestHeads.of("GET", "HTTP/2.0", "/ws", headers).isWellFormed());
    }
}
