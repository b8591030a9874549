package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Handshake;
import io.roomcast.support.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** There is one door, and nothing that a client writes on its request opens another. */
class DoorIT {
    private static final String FORGED = "127.0.0.1 127.0.0.1";

    private static final String WEB_SOCKET = """
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
            """;

    @AutoClose
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.open();
    }

    private static Handshake handshake() {
        return Handshake.to(server.webSocket("ws"));
    }

    /** Undertow opens a WebSocket for each of them by itself. */
    @ParameterizedTest
    @ValueSource(
            strings = {"x", "", "h2c", "websocket/13", "websocket, h2c", "h2c, websocket", "web socket", "websocket;x"})
    void onlyWebSocketIsAnUpgrade(String upgrade) throws IOException {
        for (String path : List.of("ws", "ws/lobby/ann", "ws/", "%77s")) {
            Handshake handshake = Handshake.to(server.webSocket(path)).header("Upgrade", upgrade);
            assertEquals(400, handshake.header("Roomcast-Client-Origin", FORGED).status(), path);
            assertEquals(400, handshake.origin("https://evil.example").status(), path);
        }
    }

    @Test
    void norAreSeveralOrOneThatTheConnectionDoesNotMean() throws IOException {
        assertEquals(
                101,
                handshake()
                        .header("Upgrade", "WEBSocket")
                        .header("Connection", "keep-alive, UPGRADE")
                        .status());
        assertEquals(400, handshake().header("UPGRADE", "websocket").status());
        assertEquals(400, handshake().header("upgrade", "x").status());
        assertEquals(400, handshake().header("Connection", "close").status());
        assertEquals(400, handshake().header("Connection", "").status());
        assertEquals(400, handshake().header("HOST", "localhost").status());
        assertEquals(400, status("GET", "ws", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"));
        assertEquals(400, status("POST", "ws", WEB_SOCKET + "Content-Length: 0\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Roomcast-Client-Origin", "ROOMCAST-CLIENT-ORIGIN", "roomcast-client-origin"})
    void howAClientArrivedIsNotForItToSay(String header) throws IOException {
        assertEquals(
                "unauthenticated",
                handshake()
                        .header("Host", "chat.example")
                        .header(header, FORGED)
                        .firstFrame()
                        .string("code"));
    }

    /** It may ask a proxy on the server's machine for any host. */
    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP"})
    void whoComesThroughAProxyIsAStranger(String header) throws IOException {
        assertEquals(
                "unauthenticated",
                handshake().header(header, "127.0.0.1").firstFrame().string("code"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metrics;",
                "metrics;x=1",
                "metrics%3B",
                "health;x/ready",
                "health/ready;jsessionid=1",
                "api;x/v1/openapi.yaml",
                "ws;x",
                "ws/lobby/ann;x",
                ";/metrics",
                "index.html;x",
                "js/roomcast.js;x"
            })
    void thereAreNoPathParameters(String path) throws IOException {
        assertEquals(404, status("GET", path, ""));
        assertEquals(404, status("GET", path, "Upgrade: x\r\nConnection: Upgrade\r\n"));
        assertEquals(404, status("GET", path, WEB_SOCKET));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/metrics",
                "./metrics",
                "%2e/metrics",
                "js/../metrics",
                "js/%2e%2E/metrics",
                "js/..%2fmetrics",
                "js/..;/metrics",
                "js\\..\\metrics",
                "js/..%5cmetrics",
                "%252e%252e/metrics",
                "health//ready",
                "health/./ready",
                "health%2Fready",
                "metrics%00",
                "metrics%0d%0ax"
            })
    void noAddressHasASecondSpelling(String path) throws IOException {
        int status = status("GET", path, "");
        // For some Payara sends the client to the plain address; a dot at the end it takes away itself, and nginx keeps
        // that from it.
        assertTrue(status == 404 || status == 400 || status == 301, () -> path + ": " + status);
    }

    /** Java's HttpClient sends such with every request. */
    @Test
    void whoOffersAnotherProtocolElsewhereIsServed() throws IOException {
        for (String path : List.of("metrics", "health/ready", "", "js/roomcast.js")) {
            assertEquals(200, status("GET", path, "Upgrade: x\r\nConnection: Upgrade\r\n"), path);
            assertEquals(200, status("GET", path, WEB_SOCKET + "Roomcast-Client-Origin: " + FORGED + "\r\n"), path);
        }
    }

    /** A browser sends them to all that is on the same host. */
    @ParameterizedTest
    @ValueSource(strings = {"a=\u00e9", "a=\u00c3\u00a9; b=1", "many"})
    void cookiesOfOtherPagesAreNoError(String cookies) throws IOException {
        String sent = cookies.equals("many")
                ? IntStream.range(0, 250).mapToObj(i -> "a" + i + "=1").collect(Collectors.joining("; "))
                : cookies;
        for (String path : List.of("health/ready", "", "js/roomcast.js")) {
            int status = status("GET", path, "Cookie: " + sent + "\r\n");
            // Payara refuses by itself what is not ASCII.
            assertTrue(status == 200 || status == 400 && !cookies.equals("many"), () -> path + ": " + status);
        }
    }

    private static int status(String method, String path, String headers) throws IOException {
        URI base = server.http("");
        String request = method + ' ' + base.getRawPath() + path + " HTTP/1.1\r\nHost: " + base.getAuthority() + "\r\n"
                + headers;
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                line.append((char) c);
            }
            String[] words = line.toString().split(" ", -1);
            return words.length < 2 ? 0 : Integer.parseInt(words[1]);
        }
    }
}
