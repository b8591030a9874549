package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Http;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On every server, the world does not read metrics, not even through a proxy on the same machine. */
class ServerNetworksIT {
    @AutoClose
    private static ApiServer server;

    @BeforeAll
    static void start() {
        server = ApiServer.open();
    }

    private static RawHttp.Answer get(String path, String headers) throws IOException {
        try (RawHttp client = new RawHttp(server.uri())) {
            client.head("GET", path, headers);
            return client.answer(true);
        }
    }

    @Test
    void thisMachineReadsMetrics() throws IOException {
        assertEquals(200, get("metrics", "").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 203.0.113.7",
                "X-Forwarded-For: 127.0.0.1, 203.0.113.7",
                "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.7",
                "Forwarded: for=\"[2001:db8::1]\"",
                "X-Real-IP: 203.0.113.7",
                "X-Forwarded-For: unknown"
            })
    void whoComesThroughAProxyDoesNot(String header) throws IOException {
        assertEquals(403, get("metrics", header + "\r\n").status());
        assertEquals(200, get("health/live", header + "\r\n").status());
        assertEquals(200, get("index.html", header + "\r\n").status());
        assertEquals(401, get("api/v1/node", header + "\r\n").status());
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.7", "192.168.1.1", "fd00::1", "127.0.0.1"})
    void aPrivateNetworkMay(String address) throws IOException {
        assertEquals(200, get("metrics", "X-Forwarded-For: " + address + "\r\n").status());
    }

    @Test
    void theRefusalNamesTheKey() throws IOException {
        try (RawHttp client = new RawHttp(server.uri())) {
            client.head("GET", "metrics", "X-Forwarded-For: 203.0.113.7\r\n");
            String answer = client.untilTheEnd();
            String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
            assertTrue(answer.contains("application/problem+json"), answer);
            assertTrue(answer.contains("roomcast.metrics.networks"), answer);
            assertEquals("forbidden", Http.read(body).getString("code"));
        }
    }
}
