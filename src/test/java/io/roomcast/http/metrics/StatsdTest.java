package io.roomcast.http.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.ConfigException;
import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.RoomClient;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a StatsD server hears of a node that two visitors came to. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StatsdTest {
    /** Longer than this process may stand still on a busy machine: what an interval counted is sent in the next only. */
    private static final String INTERVAL = "3s";

    /** The line of a gauge. */
    private static final Pattern IN_EACH_REPORT = Pattern.compile("roomcast\\.rooms(\\.node\\.east-1)?:.*\\|g.*");

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
        try (Ear statsd = new Ear();
                EmbeddedServer server = EmbeddedServer.start(Map.of(
                        "roomcast.node",
                        "east-1",
                        "roomcast.metrics.statsd",
                        "127.0.0.1:" + statsd.socket.getLocalPort(),
                        "roomcast.metrics.statsd.flavor",
                        flavor,
                        "roomcast.metrics.statsd.interval",
                        INTERVAL));
                RoomClient ann = RoomClient.enter(server.uri(), "lobby", "ann");
                RoomClient ben = RoomClient.enter(server.uri(), "lobby", "ben")) {
            ann.say("{\"type\":\"publish\",\"id\":1,\"content\":\"one\"}");
            ben.next("message");
            ann.say("{\"type\":\"publish\",\"id\":2}");
            ann.next("error");
            Await.until(
                    "the visit is counted",
                    () -> statsd.heard().entrySet().stream()
                            .anyMatch(line -> line.getKey().contains("bad_request") && line.getValue() > 0));
            // The meters are read one after the other. What was read before the visit comes with the next interval,
            // and that is over when another has begun.
            int end = statsd.reports() + 2;
            Await.until("two more reports", () -> statsd.reports() >= end);
            return statsd.heard();
        }
    }

    /** Listens all the time: what nobody takes is lost when it is too much. */
    private static final class Ear implements AutoCloseable {
        private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        private final Map<String, Double> sums = new HashMap<>();
        private int reports;
        private int largest;

        Ear() throws SocketException {
            Thread thread = new Thread(this::listen, "statsd");
            thread.setDaemon(true);
            thread.start();
        }

        private void listen() {
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            try {
                while (true) {
                    socket.receive(packet);
                    hear(packet.getLength(), new String(packet.getData(), 0, packet.getLength(), UTF_8));
                }
            } catch (IOException e) {
                // It is closed.
            }
        }

        private synchronized void hear(int length, String text) {
            largest = Math.max(largest, length);
            for (String line : text.split("\n", -1)) {
                if (!line.isEmpty()) {
                    int value = line.indexOf(':');
                    int type = line.indexOf('|');
                    String name = line.substring(0, value) + line.substring(type);
                    if (IN_EACH_REPORT.matcher(line).matches()) {
                        reports++;
                    }
                    double number = Double.parseDouble(line.substring(value + 1, type));
                    sums.merge(name, number, line.contains("|c") ? Double::sum : (old, now) -> now);
                }
            }
        }

        synchronized int reports() {
            return reports;
        }

        synchronized Map<String, Double> heard() {
            assertTrue(largest <= 1_400, "each fits into a frame of any network");
            return new HashMap<>(sums);
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
