package io.roomcast.service.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.config.Key;
import io.roomcast.config.RoomcastConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationsRuleTest {
    private static OperationsRule rule(Map<String, String> settings) {
        return new OperationsRule(
                RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()));
    }

    private static RequestHead head(String path, Map<String, List<String>> headers) {
        return RequestHeads.get(path, headers);
    }

    private static String refusedBy(
            OperationsRule rule, String path, String remote, Map<String, List<String>> headers) {
        Key<?> key = rule.refusedBy(head(path, headers), remote);
        return key == null ? null : key.name();
    }

    @ParameterizedTest
    @CsvSource({
        "/metrics, 127.0.0.1,",
        "/metrics, 10.1.2.3,",
        "/metrics, fd00::1,",
        "/metrics, 203.0.113.7, roomcast.metrics.networks",
        "/%6detrics, 203.0.113.7, roomcast.metrics.networks",
        "/metrics, 2001:db8::1, roomcast.metrics.networks",
        "/metrics, unknown, roomcast.metrics.networks",
        "/api/v1/node, 203.0.113.7,",
        "/health/ready, 203.0.113.7,",
        "/, 203.0.113.7,",
        "/ws, 203.0.113.7,",
        "/metricsx, 203.0.113.7,",
    })
    void byDefaultTheWorldDoesNotReadMetrics(String path, String remote, String key) {
        assertEquals(key, refusedBy(rule(Map.of()), path, remote, Map.of()));
    }

    @Test
    void anUnknownAddressIsInNoNetwork() {
        assertEquals("roomcast.metrics.networks", refusedBy(rule(Map.of()), "/metrics", null, Map.of()));
        assertNull(refusedBy(rule(Map.of("roomcast.metrics.networks", "any")), "/metrics", null, Map.of()));
    }

    /** A proxy on this machine has a loopback address, whoever asks through it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-For | 203.0.113.7 | true",
                "X-Forwarded-For | 10.0.0.7 | false",
                "x-forwarded-for | 10.0.0.7, 203.0.113.7 | true",
                "X-Forwarded-For | 203.0.113.7, 10.0.0.7 | true",
                "X-Forwarded-For | 10.0.0.7:4711, 192.168.0.1 | false",
                "X-Forwarded-For | 203.0.113.7:4711 | true",
                "X-Forwarded-For | [2001:db8::1]:80 | true",
                "X-Forwarded-For | [fd00::1]:80, ::1 | false",
                "X-Forwarded-For | unknown | true",
                "X-Real-IP | 203.0.113.7 | true",
                "X-Real-IP | 10.0.0.7 | false",
                "True-Client-IP | 203.0.113.7 | true",
                "CF-Connecting-IP | 203.0.113.7 | true",
                "X-Forwarded | anything | true",
                "Forwarded | for=203.0.113.7;proto=https | true",
                "Forwarded | proto=https;For=\"10.0.0.7:80\", for=\"[fd00::1]\" | false",
                "Forwarded | for=10.0.0.7, for=\"[2001:db8::1]:80\" | true",
                "Forwarded | for=_hidden | true",
                "Forwarded | by=10.0.0.1 | false",
                "Via | 1.1 proxy | false",
                "X-Forwarded-Proto | https | false",
            })
    void whoAsksThroughAProxyIsAskedForToo(String header, String value, boolean refused) {
        String key = refusedBy(rule(Map.of()), "/metrics", "127.0.0.1", Map.of(header, List.of(value)));
        assertEquals(refused ? "roomcast.metrics.networks" : null, key);
    }

    @Test
    void aHeaderOpensNothing() {
        Map<String, List<String>> forged = Map.of("X-Forwarded-For", List.of("127.0.0.1"));
        assertEquals("roomcast.metrics.networks", refusedBy(rule(Map.of()), "/metrics", "203.0.113.7", forged));
        Map<String, List<String>> twice = Map.of("X-Forwarded-For", List.of("10.0.0.7", "203.0.113.7"));
        assertEquals("roomcast.metrics.networks", refusedBy(rule(Map.of()), "/metrics", "10.0.0.1", twice));
    }

    @Test
    void eachAreaHasItsNetworks() {
        OperationsRule rule = rule(Map.of(
                "roomcast.api.networks", "10.0.0.0/8",
                "roomcast.health.networks", "192.0.2.1",
                "roomcast.metrics.networks", "any"));
        assertNull(refusedBy(rule, "/api/v1/node", "10.0.0.1", Map.of()));
        assertEquals("roomcast.api.networks", refusedBy(rule, "/api/v1/node", "192.0.2.1", Map.of()));
        assertEquals("roomcast.api.networks", refusedBy(rule, "/api/v1/openapi.yaml", "192.0.2.1", Map.of()));
        assertNull(refusedBy(rule, "/health/live", "192.0.2.1", Map.of()));
        assertEquals("roomcast.health.networks", refusedBy(rule, "/health", "10.0.0.1", Map.of()));
        assertNull(refusedBy(rule, "/metrics", "203.0.113.7", Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "/metrics, true, false",
        "/api/v1/rooms, true, false",
        "/health/ready, false, false",
        "/, false, true",
        "/ws, false, true",
        "/ws/lobby/ann, false, true",
        "/js/roomcast.js, false, true",
    })
    void aPortHasItsAddresses(String path, boolean notForClients, boolean notForOperations) {
        OperationsRule rule = rule(Map.of());
        RequestHead head = head(path, Map.of());
        assertEquals(notForClients, rule.isElsewhere(head, Entry.CLIENTS));
        assertEquals(notForOperations, rule.isElsewhere(head, Entry.OPERATIONS));
        assertEquals(false, rule.isElsewhere(head, Entry.ONLY));
    }
}
