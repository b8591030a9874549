package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.load.Trust;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Payara speaks no HTTP/2 where {@code docker/payara/limits.asadmin} is used: it bounds nothing of what its own answers take. */
@Tag("server")
@Tag("payara")
class PayaraHttp2IT {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    private static final URI TLS = URI.create(System.getProperty("roomcast.tls.uri", "https://127.0.0.1/"));

    @Test
    void isNotBegunByWhoJustSpeaksIt() throws Exception {
        try (TestServer server = TestServer.open();
                Socket socket = plain(server)) {
            String answer = answer(socket, PREFACE);
            assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 "), answer);
        }
    }

    @Test
    void isNotAgreedToInARequest() throws Exception {
        try (TestServer server = TestServer.open();
                Socket socket = plain(server)) {
            String answer = answer(
                    socket,
                    "GET " + server.http("health/live").getPath() + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\n"
                            + "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        }
    }

    @Test
    void isNotChosenWithTls() throws Exception {
        try (Socket socket = new Socket(TLS.getHost(), TLS.getPort());
                SSLSocket encrypted = (SSLSocket) Trust.context(true)
                        .getSocketFactory()
                        .createSocket(socket, TLS.getHost(), TLS.getPort(), true)) {
            encrypted.setSoTimeout(30_000);
            SSLParameters offer = encrypted.getSSLParameters();
            offer.setApplicationProtocols(new String[] {"h2"});
            encrypted.setSSLParameters(offer);
            encrypted.startHandshake();
            assertEquals("", encrypted.getApplicationProtocol());
            String answer = answer(encrypted, PREFACE);
            assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 "), answer);
        }
    }

    private static Socket plain(TestServer server) throws IOException {
        URI uri = server.http("");
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** @return the first bytes that come, or none when the server closes instead */
    private static String answer(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
    }
}
