package io.roomcast.rabbitmq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.rabbitmq.RabbitSettings.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RabbitSettingsTest {
    private static RabbitSettings of(Path trust, String... servers) {
        return RabbitSettings.of(
                List.of(servers),
                new RabbitSettings.Account("/", "ann", "s3cret"),
                trust,
                "roomcast",
                new RabbitSettings.Made(8, 1, Duration.ofHours(26)),
                Duration.ofSeconds(2));
    }

    @Test
    void serversMayLeaveOutSchemeAndPort() {
        RabbitSettings plain = of(null, "one", "rabbitmq-stream://two:99", "[::1]:7");
        assertEquals(List.of(new Server("one", 5552), new Server("two", 99), new Server("[::1]", 7)), plain.servers());
        assertNull(plain.tls());
    }

    @Test
    void theSchemeOrTheTrustEncrypts() {
        RabbitSettings byScheme = of(null, "rabbitmq-stream+tls://one");
        assertEquals(List.of(new Server("one", 5551)), byScheme.servers());
        assertNull(byScheme.tls().trust());
        assertNotNull(of(Path.of("ca.pem"), "one").tls());
        assertEquals(5551, of(Path.of("ca.pem"), "one").servers().get(0).port());
    }

    @Test
    void thePasswordIsNotShown() {
        assertFalse(of(null, "one").toString().contains("s3cret"));
    }
}
