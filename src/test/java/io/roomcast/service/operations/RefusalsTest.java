package io.roomcast.service.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class RefusalsTest {
    private final NodeMetrics metrics = new NodeMetrics();

    public static Refusals refusals(Map<String, String> settings, NodeMetrics metrics) {
        RoomcastConfig config = config(settings);
        Clocks clocks = new Clocks(() -> Instant.ofEpochMilli(1_700_000_000_000L), () -> 0);
        return new Refusals(
                metrics,
                clocks,
                new Node(config),
                new ShownAddresses(config),
                new LimitWarnings(new Warnings(clocks), new Limits(config, metrics), config),
                config);
    }

    private static RoomcastConfig config(Map<String, String> settings) {
        return RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet());
    }

    private static List<String> texts(Refusals refusals, int limit) {
        return refusals.last(limit, refusal -> true).stream().map(Refusal::text).toList();
    }

    @Test
    void keepsTheLastOnesTheNewestFirst() {
        Refusals refusals = refusals(Map.of("roomcast.refusals.kept", "3"), metrics);
        assertEquals(List.of(), texts(refusals, 10));
        for (int i = 1; i <= 2; i++) {
            refusals.inApi("busy", "number " + i, null, null, null);
        }
        assertEquals(List.of("number 2", "number 1"), texts(refusals, 10));
        for (int i = 3; i <= 7; i++) {
            refusals.inApi("busy", "number " + i, null, null, null);
        }
        assertEquals(List.of("number 7", "number 6", "number 5"), texts(refusals, 10));
        assertEquals(List.of("number 7"), texts(refusals, 1));
        assertEquals(Map.of("busy", 7L), metrics.refusals(), "all are counted");
    }

    @Test
    void keepsNoneIfTheOperatorWantsNone() {
        Refusals refusals = refusals(Map.of("roomcast.refusals.kept", "0"), metrics);
        IntStream.range(0, 5).forEach(i -> refusals.inApi("busy", "text", null, null, null));
        assertEquals(List.of(), texts(refusals, 10));
        assertEquals(Map.of("busy", 5L), metrics.refusals());
    }

    @Test
    void tellsWhatTheNodeKnows() {
        Refusals refusals = refusals(Map.of("roomcast.node", "east"), metrics);
        refusals.atHandshake(null, "busy", "full", new UserId("ann"), new RoomName("lobby"), "203.0.113.77");
        assertEquals(
                List.of(new Refusal(
                        1_700_000_000_000L,
                        "east",
                        "busy",
                        "full",
                        "handshake",
                        null,
                        "ann",
                        "lobby",
                        "203.0.113.0/24")),
                refusals.last(10, refusal -> true));
    }

    /** A text is the node's own, but one of its parts may be what a client sent. */
    @Test
    void textsAreShortAndOnOneLine() {
        Refusals refusals = refusals(Map.of(), metrics);
        refusals.inApi("bad_request", "a\nb\u001b[31m" + "x".repeat(10_000), null, "no address\n", null);
        Refusal refusal = refusals.last(1, any -> true).get(0);
        assertEquals("a?b?[31m" + "x".repeat(192) + "…", refusal.text());
        assertNull(refusal.address());
    }

    @ParameterizedTest
    @CsvSource({
        "full, 203.0.113.77, 203.0.113.77",
        "full, 2001:db8:1:2::7, 2001:db8:1:2::7",
        "short, 203.0.113.77, 203.0.113.0/24",
        "short, 2001:db8:1:2:3:4:5:6, 2001:db8:1:0:0:0:0:0/48",
        "short, ::ffff:203.0.113.77, 203.0.113.0/24",
        "short, fe80::1%eth0, fe80:0:0:0:0:0:0:0/48",
        "short, localhost,",
        "short, 1.2.3.4.5.6.7,",
        "short, 300.1.2.3,",
        "full, evil.example,",
        "full, ,",
        "none, 203.0.113.77,"
    })
    void addressesAreShownAsTheOperatorAllows(String mode, String address, String shown) {
        assertEquals(shown, new ShownAddresses(config(Map.of("roomcast.privacy.addresses", mode))).shown(address));
    }
}
