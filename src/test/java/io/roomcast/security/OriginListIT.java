package io.roomcast.security;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OriginListIT {

    @Test
    void theListReplacesTheRuleOfTheSameHost() throws IOException {
        try (EmbeddedServer server = EmbeddedServer.start(Map.of("roomcast.origins", "https://shop.example"))) {
            URI ws = server.uri().resolve("ws");
            assertEquals(101, Handshake.to(ws).origin("https://shop.example").status());
            assertEquals(
                    403,
                    Handshake.to(ws).origin("http://127.0.0.1:" + server.port()).status());
        }
    }
}
