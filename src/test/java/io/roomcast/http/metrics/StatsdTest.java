package io.roomcast.http.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.ConfigException;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.RoomClient;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a StatsD server hears of a node that two visitors came to. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StatsdTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @Test
    void etsyGetsLabelsAsPartsOfTheName() throws IOException {
        Map<String, Double> sums = visited("etsy");

        assertEquals(2, sums.get("roomcast.sessions.opened.node.east-1|c"));
        assertEquals(1, sums.get("roomcast.messages.stored.node.east-1|c"));
        assertEquals(2, sums.get("roomcast.messages.delivered.node.east-1|c"));
        assertEquals(1, sums.get("roomcast.refusals.node.east-1.code.bad_request|c"));
        assertEquals(1, sums.get("roomcast.publish.duration.count.node.east-1|c"));
        assertTrue(sums.get("roomcast.publish.duration.p99.node.east-1|g") > 0);
        assertTrue(sums.keySet().stream().anyMatch(name -> name.startsWith("jvm.memory.used.node.east-1.")));
    }

    @Test
    void datadogGetsTags() throws IOException {
        Map<String, Double> sums = visited("datadog");

        assertEquals(2, sums.get("roomcast.sessions.opened|c|#node:east-1"));
        assertEquals(1, sums.get("roomcast.refusals|c|#node:east-1,code:bad_request"));
        assertFalse(sums.keySet().stream().anyMatch(name -> name.contains("lobby")));
    }

    @Test
    void aWrongAddressIsToldAtOnce() {
        Map<String, String> settings = Map.of("roomcast.metrics.statsd", "nowhere");
        ConfigException wrong = assertThrows(ConfigException.class, () -> EmbeddedServer.start(settings));
        assertTrue(wrong.getMessage().contains("roomcast.metrics.statsd=nowhere"), wrong.getMessage());
    }

    /** Sums of counters, and the last values of gauges, by all of the line but the value, until the visit is counted. */
    private static Map<String, Double> visited(String flavor) throws IOException {
        try (DatagramSocket statsd = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                EmbeddedServer server = EmbeddedServer.start(Map.of(
                        "roomcast.node",
                        "east-1",
                        "roomcast.metrics.statsd",
                        "127.0.0.1:" + statsd.getLocalPort(),
                        "roomcast.metrics.statsd.flavor",
                        flavor,
                        "roomcast.metrics.statsd.interval",
                        INTERVAL.toSeconds() + "s"));
                RoomClient ann = RoomClient.enter(server.uri(), "lobby", "ann");
                RoomClient ben = RoomClient.enter(server.uri(), "lobby", "ben")) {
            statsd.setSoTimeout(PATIENCE_MILLIS);
            ann.say("{\"type\":\"publish\",\"id\":1,\"content\":\"one\"}");
            ben.next("message");
            ann.say("{\"type\":\"publish\",\"id\":2}");
            ann.next("error");
            Map<String, Double> sums = new HashMap<>();
            while (sums.entrySet().stream()
                    .noneMatch(line -> line.getKey().contains("bad_request") && line.getValue() > 0)) {
                receive(statsd, sums);
            }
            // The meters are read one after the other. What was read before the visit comes with the next interval.
            long end = System.nanoTime() + INTERVAL.plusMillis(500).toNanos();
            while (System.nanoTime() < end) {
                receive(statsd, sums);
            }
            return sums;
        }
    }

    private static void receive(DatagramSocket statsd, Map<String, Double> sums) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        statsd.receive(packet);
        assertTrue(packet.getLength() <= 1_400, "fits into a frame of any network");
        String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        for (String line : text.split("\n", -1)) {
            if (!line.isEmpty()) {
                int value = line.indexOf(':');
                int type = line.indexOf('|');
                String name = line.substring(0, value) + line.substring(type);
                double number = Double.parseDouble(line.substring(value + 1, type));
                sums.merge(name, number, line.contains("|c") ? Double::sum : (old, now) -> now);
            }
        }
    }
}
