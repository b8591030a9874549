package io.roomcast.it.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Handshake;
import io.roomcast.support.RoomClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That the guard stands at the door of an application server too, and tells the endpoints how a connection came. */
@Tag("server")
class EntranceIT {
    private final URI base = URI.create(System.getProperty("roomcast.uri"));
    private final URI ws = base.resolve("ws");

    @Test
    void pagesOfOtherSitesAreRefused() throws IOException {
        assertEquals(403, Handshake.to(ws).origin("https://evil.example").status());
        assertEquals(
                403, Handshake.to(base.resolve("ws/lobby/ann")).origin("null").status());
        assertEquals(
                101, Handshake.to(ws).origin("http://" + base.getAuthority()).status());
        assertEquals(101, Handshake.to(ws).status());
    }

    /** Those before have left: what a server keeps for its next request knows nothing of them. */
    @Test
    void clientsThatDoNotWaitAreServed() throws IOException {
        for (int i = 0; i < 50; i++) {
            assertEquals(101, Handshake.to(ws).status());
            assertEquals(403, Handshake.to(ws).origin("https://evil.example").status());
            assertEquals(
                    "welcome",
                    Handshake.to(ws)
                            .behind(frame("{\"type\":\"hello\",\"user\":\"ann\"}"))
                            .firstFrame()
                            .string("type"));
        }
    }

    /** Of a client, whose mask changes nothing. */
    private static byte[] frame(String text) {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(6 + payload.length)
                .put((byte) 0x81)
                .put((byte) (0x80 | payload.length))
                .putInt(0)
                .put(payload)
                .array();
    }

    @Test
    void onlyThisMachineEntersByDefault() throws Exception {
        try (RoomClient ann = RoomClient.connect(ws)) {
            assertEquals(
                    "ann",
                    ann.say("{'type':'hello','user':'ann'}").next("welcome").string("user"));
            ann.say("{'type':'join','room':'lobby'}").next("joined");
        }
        assertEquals(
                "unauthenticated",
                Handshake.to(ws)
                        .header("Host", "chat.example")
                        .header("Roomcast-Client-Origin", "127.0.0.1 127.0.0.1")
                        .firstFrame()
                        .string("code"));
    }

    @Test
    void everyAnswerHasTheSecurityHeaders() throws Exception {
        for (String path : List.of("", "js/roomcast.js", "js/client/client.js", "health/ready", "none", "ws")) {
            HttpRequest get = HttpRequest.newBuilder(base.resolve(path)).build();
            var headers = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(get, BodyHandlers.ofString())
                    .headers();
            String policy = headers.firstValue("Content-Security-Policy").orElse("");
            assertTrue(policy.contains("default-src 'none'"), path + ": " + policy);
            assertEquals("nosniff", headers.firstValue("X-Content-Type-Options").orElse(""), path);
            // Pages of other sites may import the client library.
            assertEquals(
                    path.startsWith("js/") ? "*" : "none",
                    headers.firstValue("Access-Control-Allow-Origin").orElse("none"),
                    path);
        }
    }
}
