package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.TestServer;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no request, or no handshake, gets the same answer from all servers, and leaves no trace in their logs. */
class ServerHttpEdgeIT {
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private static final String VERSION = "Sec-WebSocket-Version: 13\r\n";
    private static final String UPGRADE = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    private static final String HANDSHAKE = UPGRADE + KEY + VERSION;
    /** Null on other servers. */
    private static final String WILDFLY_HOME = System.getProperty("wildfly.home");

    /** What tells a stranger more about a server than its answers do. */
    private static final Pattern TELLTALE =
            Pattern.compile("(?i)exception|\\tat |grizzly|undertow|jboss|\\d\\.\\d+\\.\\d");

    private static TestServer server;
    private static TraceCheck traces;

    @BeforeAll
    static void start() throws IOException {
        traces = new TraceCheck();
        server = TestServer.open();
        // Payara's listener is watched from the first request for Roomcast on.
        assertEquals(200, ok("index.html", "Host: a\r\n"));
    }

    @AfterAll
    static void nothingLeftATrace() throws IOException {
        server.close();
        traces.close();
    }

    /** Whatever their clients ask for, read or leave out; {@link #nothingLeftATrace} looks at the log. */
    @Test
    void clientsThatLeaveLeaveNoTrace() throws IOException {
        String poll = "{\"rooms\":{\"left\":null},\"waitMs\":20000}";
        String post = host() + "Content-Length: " + poll.length() + "\r\n";
        List<String> requests = List.of(
                head("GET", "metrics", host()),
                head("GET", "health/ready", host()),
                head("GET", "api/v1/openapi.yaml", host()),
                head("GET", "http/events?user=ann&rooms=left", host()),
                head("POST", "http/poll?user=ann", post) + poll,
                head("POST", "http/send?user=ann", post) + poll);
        for (int i = 0; i < 300; i++) {
            try (RawHttp client = new RawHttp(base())) {
                client.write(requests.get(i % requests.size()).repeat(1 + i % 5));
                if (i % 7 == 0) {
                    client.answer(false);
                }
            }
        }
        assertEquals(200, ok("health/ready", host()));
    }

    private static URI base() {
        return server.http("");
    }

    private static String host() {
        return "Host: " + base().getAuthority() + "\r\n";
    }

    /** @param target below the application */
    private static String head(String method, String target, String headers) {
        return method + ' ' + base().getPath() + target + " HTTP/1.1\r\n" + headers + "\r\n";
    }

    private static int ok(String target, String headers) throws IOException {
        try (RawHttp client = new RawHttp(base())) {
            client.write(head("GET", target, headers));
            return client.answer(true).status();
        }
    }

    private static RawHttp.Answer handshake(String target, String headers) throws IOException {
        try (RawHttp client = new RawHttp(base())) {
            client.write(head("GET", target, host() + headers));
            return client.answer(false);
        }
    }

    /** Sends a request that must be refused, and returns the answer, which is the last one of the connection. */
    private static String refused(int status, String reason, String request) throws IOException {
        try (RawHttp client = new RawHttp(base())) {
            client.write(request);
            // Undertow answers HTTP/1.0 in HTTP/1.0.
            String answer = client.untilTheEnd().replaceFirst("^HTTP/1.0", "HTTP/1.1");
            assertTrue(answer.startsWith("HTTP/1.1 " + status + ' '), () -> request + "\n" + answer);
            assertEquals(1, answer.split("HTTP/1\\.\\d \\d", -1).length - 1, answer);
            assertFalse(TELLTALE.matcher(answer.replace(base().getHost(), "")).find(), answer);
            if (reason != null) {
                assertTrue(answer.startsWith("HTTP/1.1 " + status + ' ' + reason + "\r\n"), answer);
            }
            return answer;
        }
    }

    /** A refusal of Roomcast, which says in a line what is wrong. */
    private static void explained(int status, String reason, String request, String word) throws IOException {
        String answer = refused(status, reason, request);
        assertTrue(answer.toLowerCase(Locale.ROOT).contains("content-type: text/plain;charset=utf-8\r\n"), answer);
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertTrue(body.contains(word) && body.indexOf('\n') == body.length() - 1, answer);
    }

    /** Undertow answers some of them itself, in its own words. */
    private static void malformed(String request, String word) throws IOException {
        if (WILDFLY_HOME != null) {
            refused(400, null, request);
        } else {
            explained(400, "Bad Request", request, word);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                UPGRADE + VERSION,
                UPGRADE + VERSION + "Sec-WebSocket-Key:\r\n",
                UPGRADE + VERSION + "Sec-WebSocket-Key: abc\r\n",
                UPGRADE + VERSION + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n",
                UPGRADE + VERSION + "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n",
                HANDSHAKE + KEY,
                HANDSHAKE + "Content-Length: 5\r\n",
                HANDSHAKE + "Transfer-Encoding: chunked\r\n",
                "Upgrade: websocket\r\n" + KEY + VERSION,
                "Connection: Upgrade\r\n" + KEY + VERSION
            })
    void whatIsNoHandshakeOpensNothing(String headers) throws IOException {
        explained(400, "Bad Request", head("GET", "ws", host() + headers), "Sec-WebSocket-Key");
        explained(400, "Bad Request", head("GET", "ws/lobby/ann", host() + headers), "Sec-WebSocket-Key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "HEAD", "OPTIONS", "get"})
    void onlyGetOpens(String method) throws IOException {
        refused(400, "Bad Request", head(method, "ws", host() + HANDSHAKE));
        refused(400, "Bad Request", head("GET", "ws", host() + HANDSHAKE).replace("HTTP/1.1", "HTTP/1.0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Sec-WebSocket-Version: 8\r\n",
                "Sec-WebSocket-Version: 7\r\n",
                "Sec-WebSocket-Version: 0\r\n",
                "Sec-WebSocket-Version: 13, 8\r\n",
                VERSION + "Sec-WebSocket-Version: 8\r\n"
            })
    void theVersionThatIsSpokenIsNamed(String version) throws IOException {
        String request = head("GET", "ws", host() + UPGRADE + KEY + version);
        explained(426, "Upgrade Required", request, "13");
        String answer = refused(426, "Upgrade Required", request).toLowerCase(Locale.ROOT);
        assertTrue(answer.contains("\r\nsec-websocket-version: 13\r\n"), answer);
    }

    @Test
    void anAddressOfWebSocketsSaysSo() throws IOException {
        for (String address : List.of("ws", "ws/lobby/ann")) {
            String answer = refused(426, "Upgrade Required", head("GET", address, host()));
            assertTrue(answer.toLowerCase(Locale.ROOT).contains("\r\nupgrade: websocket\r\n"), answer);
            explained(426, "Upgrade Required", head("POST", address, host() + "Content-Length: 0\r\n"), "WebSocket");
        }
    }

    @Test
    void aHandshakeIsAnsweredInTheWordsOfHttp() throws IOException {
        try (RawHttp client = new RawHttp(base())) {
            client.write(head("GET", "ws/lobby/ann", host() + HANDSHAKE));
            assertEquals("HTTP/1.1 101 Switching Protocols", client.line());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ws, 101",
        "%77s, 101",
        "ws/lobby/%41, 101",
        "ws/caf%C3%A9/ann, 101",
        "ws/, 404",
        "ws/lobby, 404",
        "ws/lobby/, 404",
        "ws/lobby/ann/, 404",
        "ws/lobby/ann/x, 404",
        "ws//ann, 404",
        "ws/lobby//ann, 404",
        "ws/lobby/ann//, 404",
        "ws/../ws, 404",
        "ws/a%2Fb, 404",
        "/ws, 404",
    })
    void anAddressMeansTheSameEverywhere(String address, int status) throws IOException {
        assertEquals(status, handshake(address, HANDSHAKE).status());
    }

    /** Payara cannot read such an address where its buffer ends with the address. */
    @ParameterizedTest
    @ValueSource(strings = {"ws/lobby/..", "ws/lobby/."})
    void noAddressEndsInDots(String address) throws IOException {
        int status = handshake(address, HANDSHAKE).status();
        assertTrue(status == 404 || status == 400, address + ": " + status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ws/\u65e5\u672c/ann",
                "ws/lobby/\u00e4nn",
                "ws/50%/ann",
                "ws/50%zz/ann",
                "ws/lobby/50%",
                "ws/lobby/50%2",
                "ws/%ff/ann",
                "ws/a%00/ann",
                "ws/a b/ann",
                "ws/{a}/ann",
                "ws/<a>/ann",
                "ws/a|b/ann",
                "ws/a\\b/ann",
                "ws/a#b/ann",
            })
    void namesThatAreNotEncodedAreToldHow(String address) throws IOException {
        malformed(head("GET", address, host() + HANDSHAKE), "percent-encoded");
        malformed(head("GET", address, host()), "percent-encoded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ":80",
                "a b",
                "a:-1",
                "a:99999",
                "a:",
                "a:x",
                "a,b",
                "a/b",
                "user@a",
                "[::1",
                "[zz]",
                "a\\b",
                "<x>",
                "http://a",
                "a?b",
                "%41",
                "*"
            })
    void aHostIsANameOrAnAddress(String host) throws IOException {
        malformed(head("GET", "index.html", "Host: " + host + "\r\n"), "Host");
        malformed(head("GET", "ws", "Host: " + host + "\r\n" + HANDSHAKE), "Host");
    }

    @Test
    void thereIsOneHost() throws IOException {
        refused(400, null, head("GET", "", ""));
        refused(400, null, head("GET", "", host() + host()));
        refused(400, null, head("GET", "", host() + "HOST: b\r\n"));
        for (String host : List.of("chat.example", "chat_server:8080", "_x.example", "[::1]:80", "localhost.")) {
            assertEquals(200, ok("index.html", "Host: " + host + "\r\n"), host);
        }
    }

    /** Undertow reads them, and shows the application what it has made of them. So this test is not for WildFly. */
    @ParameterizedTest
    @Tag("payara")
    @ValueSource(
            strings = {
                "X: a\nY: b",
                "X: a\rY: b",
                "X: a\r",
                "X\rY: b",
                "X : a",
                " X: a",
                "X: a\r\n b",
                "X: a\r\n\tb",
                "X",
                ": a",
                "X: \u0000",
                "X: \u0001"
            })
    void aHeadIsInTheFormOfRfc9112(String header) throws IOException {
        refused(400, "Bad Request", head("GET", "index.html", host() + header + "\r\n"));
        refused(400, "Bad Request", head("GET", "index.html", header + "\r\n" + host()));
        refused(400, "Bad Request", head("GET", "ws", host() + HANDSHAKE + header + "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X\t: a",
                "Host : a",
                "X@: a",
                "X: \u0000",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Content-Length: 0\r\nContent-Length: 0",
                "Content-Length: -1",
                "Content-Length: x",
            })
    void whatProxiesReadOtherwiseIsRefused(String header) throws IOException {
        for (String address : List.of("", "api/v1/rooms/lobby/messages")) {
            // Grizzly waits for the first chunk.
            refused(400, "Bad Request", head("POST", address, host() + header + "\r\n") + "0\r\n\r\n");
        }
    }

    @Test
    void linesOfSubprotocolsAreOneList() throws IOException {
        RawHttp.Answer answer =
                handshake("ws", HANDSHAKE + "Sec-WebSocket-Protocol: foo\r\nSec-WebSocket-Protocol: roomcast.v1\r\n");
        assertEquals(101, answer.status());
        assertEquals("roomcast.v1", answer.headers().get("Sec-WebSocket-Protocol"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"roomcast.v2", "ROOMCAST.V1", "chat, v1.stomp", "chat\r\nSec-WebSocket-Protocol: stomp"})
    void subprotocolsOfOthersAreRefused(String asked) throws IOException {
        for (String address : List.of("ws", "ws/lobby/ann")) {
            String request = host() + HANDSHAKE + "Sec-WebSocket-Protocol: " + asked + "\r\n";
            explained(400, "Bad Request", head("GET", address, request), "Roomcast speaks roomcast.v1 and ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "chat, roomcast.v1, stomp | roomcast.v1",
                "roomcast.v1,roomcast.v1.deflate | roomcast.v1",
                "chat, roomcast.v1.deflate, roomcast.v1 | roomcast.v1.deflate",
            })
    void theFirstSubprotocolThatIsKnownIsTaken(String asked, String taken) throws IOException {
        RawHttp.Answer answer = handshake("ws", HANDSHAKE + "Sec-WebSocket-Protocol: " + asked + "\r\n");
        assertEquals(101, answer.status());
        assertEquals(taken, answer.headers().get("Sec-WebSocket-Protocol"));
    }

    @Test
    void theInsideOfTheWarIsNotServed() throws IOException {
        for (String inside : List.of("io/roomcast/boot/Launcher.class", "io/")) {
            explained(404, "Not Found", head("GET", inside, host()), "nothing is here");
        }
        // Servers hide these by themselves.
        assertEquals(404, ok("META-INF/MANIFEST.MF", host()));
        assertEquals(404, ok("WEB-INF/standalone-classes/io/roomcast/standalone/Main.class", host()));
        assertEquals(404, ok("index.html/", host()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HOST", "HOST:PORT", "http://HOST:PORT", "http://HOST:PORT/", "http://localhost/"})
    void programsMaySendAnOriginOfTheirOwn(String origin) throws IOException {
        String sent = origin.replace("HOST", base().getHost()).replace("PORT", String.valueOf(base().getPort()));
        assertEquals(
                101, handshake("ws", HANDSHAKE + "Origin: " + sent + "\r\n").status());
    }

    @Test
    void aPageMayComeFromAHostWithAnUnderscore() throws IOException {
        try (RawHttp client = new RawHttp(base())) {
            client.write(head("GET", "ws", "Host: chat_server\r\nOrigin: http://chat_server\r\n" + HANDSHAKE));
            assertEquals(101, client.answer(false).status());
        }
    }

    @Test
    void aRefusedPageIsToldWhatToCompare() throws IOException {
        String request = head("GET", "ws", host() + HANDSHAKE + "Origin: http://evil.example/<b>\r\n");
        String text = "pages of the origin \"http://evil.example/?b?\" may not connect to \"" + base().getAuthority()
                + "\"; see roomcast.origins";
        explained(403, "Forbidden", request, text);
        refused(403, "Forbidden", head("GET", "ws", host() + HANDSHAKE + "Origin: null\r\n"));
    }
}
