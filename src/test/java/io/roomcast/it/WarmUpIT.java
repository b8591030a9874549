package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.it.http.ApiServer;
import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Http;
import io.roomcast.support.ScrapedMetrics;
import io.roomcast.support.redis.TestRedis;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that warms up has a crowd of its own at its own door, and nobody else sees anything of it. */
@Tag("embedded")
@Timeout(120)
class WarmUpIT {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    @Test
    void nobodySeesTheCrowd() {
        Map<String, String> settings =
                Map.of("roomcast.relay", "redis", "roomcast.redis.uri", REDIS.uri(), "roomcast.api.key", ApiServer.KEY);
        Map<String, String> warming = new HashMap<>(settings);
        warming.put("roomcast.warmup", "2s");
        // The crowd is larger than this limit, which is the node's own.
        warming.put("roomcast.limits.sessions", "1");
        try (CapturedLog log = CapturedLog.of("io.roomcast");
                EmbeddedServer other = EmbeddedServer.start(settings);
                EmbeddedServer node = EmbeddedServer.start(warming)) {
            Http http = new Http(node.uri(), ApiServer.KEY);
            Await.until(
                    "the node says that it warms up",
                    () -> ready(http).equals("{\"status\":\"DOWN\",\"reason\":\"warming\"}\n"));
            assertEquals(200, http.send("GET", "/health/live", null).statusCode());
            Await.until("the node is ready", () -> ready(http).equals("{\"status\":\"UP\"}\n"));

            List<String> lines = log.messages(Level.INFO);
            assertTrue(
                    lines.stream()
                            .anyMatch(line -> line.matches("The warm-up took \\d+ ms \\(connections: [1-9]\\d*\\)")),
                    lines::toString);
            assertEquals(List.of(), log.messages(Level.WARNING));
            assertEquals(
                    2,
                    lines.stream().filter(line -> line.startsWith("Roomcast ")).count(),
                    lines::toString);
            ScrapedMetrics metrics = ScrapedMetrics.of(node.uri());
            for (String none : List.of(
                    "roomcast_sessions_opened_total",
                    "roomcast_sessions",
                    "roomcast_rooms",
                    "roomcast_messages_stored_total",
                    "roomcast_received_bytes_total")) {
                assertEquals(0, metrics.get(none), none);
            }
            assertEquals(0, metrics.sum("roomcast_limits_reached_total"));
            assertEquals(0, metrics.sum("roomcast_handshakes_total"));
            for (EmbeddedServer each : List.of(node, other)) {
                String rooms = new Http(each.uri(), ApiServer.KEY)
                        .send("GET", "/api/v1/rooms", null)
                        .body();
                assertFalse(rooms.contains("warm-up"), rooms);
            }
            assertEquals(Set.of(), REDIS.admin().keys("*warm-up*"));
        }
    }

    private static String ready(Http http) {
        return http.send("GET", "/health/ready", null).body();
    }
}
