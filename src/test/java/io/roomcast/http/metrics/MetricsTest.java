package io.roomcast.http.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Handshake;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a node tells Prometheus after two visitors spoke, one of them came back, and one was refused. */
class MetricsTest {
    @AutoClose
    private static EmbeddedServer server;

    private static Map<String, Double> figures;
    private static String text;
    private static double said;

    @BeforeAll
    static void visit() {
        server = EmbeddedServer.start();
        Frame joined;
        try (RoomClient ann = RoomClient.enter(server.uri(), "lobby", "ann");
                RoomClient ben = RoomClient.enter(server.uri(), "lobby", "ben")) {
            say(ann, "{\"type\":\"publish\",\"id\":1,\"content\":\"one\"}");
            say(ann, "{\"type\":\"publish\",\"id\":2,\"content\":\"two\"}");
            joined = ben.next(m -> m.is("message") && m.string("content").equals("one"), "message");
            ben.next(m -> m.is("message") && m.string("content").equals("two"), "message");
            ann.next(m -> m.is("message") && m.string("content").equals("two"), "message");
            say(ann, "{\"type\":\"publish\",\"id\":3}");
            assertEquals("bad_request", ann.next("error").string("code"));
            say(ann, "{\"type\":\"history\",\"id\":4}");
            String epoch = ann.next("history").string("epoch");
            say(
                    ann,
                    "{\"type\":\"join\",\"id\":5,\"room\":\"lobby\",\"since\":{\"epoch\":\"" + epoch
                            + "\",\"offset\":1}}");
            assertTrue(ann.next("joined").isTrue("recovered"));
            ann.next(m -> m.is("message") && m.number("offset") == 2, "message");
            say(ann, "{\"type\":\"join\",\"id\":6,\"room\":\"lobby\",\"since\":{\"epoch\":\"gone\",\"offset\":1}}");
            assertFalse(ann.next("joined").isTrue("recovered"));
            assertEquals(1, joined.number("offset"));
            scrape();
        }
    }

    /** Until the node has looked again: it counts at most once a second, maybe in the middle of a scrape. */
    private static void scrape() {
        Await.until("the node has looked at both", () -> {
            text = new Http(server.uri(), null).send("GET", "/metrics", null).body();
            figures = ScrapedMetrics.read(text).series();
            return figures.get("roomcast_members") == 2
                    // The network has taken what they have got, and the node knows it.
                    && figures.get("roomcast_outbound_waiting_bytes_bucket{le=\"0.0\"}") == 2
                    && figures.get("roomcast_outbound_waiting_bytes_bucket{le=\"+Inf\"}") == 2;
        });
    }

    private static void say(RoomClient visitor, String json) {
        said += json.getBytes(StandardCharsets.UTF_8).length;
        visitor.say(json);
    }

    @Test
    void countsSessionsRoomsAndMembers() {
        assertEquals(2, figures.get("roomcast_sessions"));
        assertEquals(2, figures.get("roomcast_sessions_opened_total"));
        assertEquals(1, figures.get("roomcast_rooms"));
        assertEquals(2, figures.get("roomcast_members"));
    }

    @Test
    void countsMessagesByWhatBecameOfThem() {
        assertEquals(2, figures.get("roomcast_messages_stored_total"));
        assertEquals(4, figures.get("roomcast_messages_delivered_total"));
        assertEquals(2, figures.get("roomcast_messages_batched_total"));
        assertEquals(said, figures.get("roomcast_received_bytes_total"));
        assertEquals(1, figures.get("roomcast_messages_replayed_total"));
        assertEquals(0, figures.get("roomcast_messages_dropped_total"));
        assertTrue(figures.get("roomcast_delivered_bytes_total") > 4 * "one".length());
        assertEquals(1, figures.get("roomcast_refusals_total{code=\"bad_request\"}"));
        assertEquals(1, figures.get("roomcast_recoveries_total{outcome=\"recovered\"}"));
        assertEquals(1, figures.get("roomcast_recoveries_total{outcome=\"incomplete\"}"));
    }

    @Test
    void measuresDurations() {
        assertEquals(2, figures.get("roomcast_publish_duration_seconds_count"));
        assertTrue(figures.get("roomcast_relay_probe_duration_seconds_count") >= 1);
        assertTrue(figures.get("roomcast_fanout_duration_seconds_count") >= 1);
        assertTrue(figures.get("roomcast_publish_duration_seconds_sum") > 0);
    }

    @Test
    void showsEverySeriesBeforeItCountsAnything() {
        assertEquals(0, figures.get("roomcast_sessions_closed_total{code=\"4000\",reason=\"slow_consumer\"}"));
        assertEquals(0, figures.get("roomcast_relay_gaps_total{stage=\"lost\"}"));
        assertEquals(1, figures.get("roomcast_readiness{state=\"ready\"}"));
        assertEquals(1, figures.get("roomcast_relay_up"));
        assertEquals(0, figures.get("roomcast_limits_reached_total{limit=\"publish-rate\"}"));
        for (String purpose : List.of("lane", "timer", "network", "server")) {
            assertTrue(figures.get("roomcast_threads{purpose=\"" + purpose + "\"}") >= 1, purpose);
        }
    }

    @Test
    void spreadsSessionsByWhatWaitsForThem() {
        assertEquals(2, figures.get("roomcast_outbound_waiting_bytes_bucket{le=\"0.0\"}"));
        assertEquals(2, figures.get("roomcast_outbound_waiting_bytes_bucket{le=\"+Inf\"}"));
        assertEquals(0, figures.get("roomcast_outbound_waiting_max_bytes"));
    }

    @Test
    void countsUsersAndHandshakesAndShowsLimitsAndVersions() throws IOException {
        assertEquals(2, figures.get("roomcast_users"));
        assertEquals(2, figures.get("roomcast_handshakes_total{outcome=\"opened\"}"));
        assertEquals(30, figures.get("roomcast_limit{limit=\"message-age\"}"));
        assertEquals(65_536, figures.get("roomcast_limit{limit=\"frame-bytes\"}"));
        assertEquals(10, figures.get("roomcast_limit{limit=\"http.request-timeout\"}"));
        assertTrue(
                text.matches("(?s).*\nroomcast_build_info\\{java=\"" + Pattern.quote(System.getProperty("java.version"))
                        + "\",server=\"the embedded server [^\"]+\",version=\"[1-9][^\"]*\"} 1\n.*"),
                text);
        double foreign = handshakes("origin");
        double malformed = handshakes("malformed");
        assertEquals(
                403,
                Handshake.to(server.uri().resolve("ws"))
                        .origin("https://evil.example")
                        .status());
        assertEquals(
                426,
                Handshake.to(server.uri().resolve("ws"))
                        .header("Sec-WebSocket-Version", "7")
                        .status());
        assertEquals(
                "bad_request",
                Handshake.to(server.uri().resolve("ws?token=x")).firstFrame().string("code"));
        assertEquals(foreign + 1, handshakes("origin"));
        assertEquals(malformed + 2, handshakes("malformed"));
    }

    private static double handshakes(String outcome) {
        return ScrapedMetrics.of(server.uri()).get("roomcast_handshakes_total{outcome=\"" + outcome + "\"}");
    }

    /** What {@code promtool check metrics} finds, by the rules that Prometheus has for names. */
    @Test
    void allNamesAreAsPrometheusRecommends() {
        List<ScrapedMetrics.Family> families = ScrapedMetrics.families(server.uri());
        assertTrue(families.size() > 60, () -> "only " + families.size());
        for (ScrapedMetrics.Family family : families) {
            String name = family.name();
            assertFalse(family.help().isBlank(), name);
            assertEquals(family.kind().equals("counter"), name.endsWith("_total"), name);
            assertTrue(name.matches("[a-z][a-z0-9_]*"), name);
            assertFalse(name.matches(".*_(count|sum|bucket)"), name);
            for (String word : name.split("_", -1)) {
                assertFalse(
                        word.matches(
                                "s|sec|ms|us|ns|b|kb|mb|gb|tb|pb|m|h|d|milliseconds|microseconds|nanoseconds|minutes"
                                        + "|hours|days|kilobytes|megabytes|gigabytes|percent|gauge|counter|histogram|summary"),
                        name);
            }
        }
    }

    @Test
    void everyAlarmHasASeverityAndADrainIsNone() throws IOException {
        String alarms = Files.readString(Path.of("docker/prometheus/alarms.yml"));
        List<String> rules = List.of(alarms.split("- alert: "));
        assertTrue(rules.size() > 5);
        for (String rule : rules.subList(1, rules.size())) {
            assertTrue(rule.matches("(?s)\\w+\\n.*\\n {8}labels:\\n {10}severity: (critical|warning)\\n.*"), rule);
        }
        assertTrue(alarms.contains("roomcast_relay_up == 0 or up{job=\"roomcast\"} == 0"), alarms);
        assertFalse(alarms.contains("roomcast_readiness"), "the state is draining while a drain runs");
    }

    @Test
    void namesNoRoomAndNoUser() {
        assertFalse(text.contains("lobby"), text);
        assertFalse(text.contains("ann"), text);
    }

    @Test
    void theBoardAsksForWhatThereIs() throws IOException {
        List<String> asked = new ArrayList<>();
        expressions(Http.read(Files.readString(Path.of("docker/grafana/roomcast.json"))), asked::add);
        assertTrue(asked.size() > 20, "the board asks for " + asked);
        assertEquals(Set.of(), missing(asked), "asked for by the board, and not there");
    }

    @Test
    void theAlarmsLookAtWhatThereIs() throws IOException {
        List<String> asked = found("expr: (.*)", "docker/prometheus/alarms.yml");
        assertTrue(asked.size() >= 4, "the alarms ask for " + asked);
        assertEquals(Set.of(), missing(asked), "asked for by an alarm, and not there");
    }

    /** Metrics that are not there, and those that are not there with such a label. */
    private static Set<String> missing(List<String> expressions) {
        Set<String> missing = new TreeSet<>();
        for (String expression : expressions) {
            Matcher metric = Pattern.compile("\\b((?:roomcast|jvm|process|system)_[a-z0-9_]+)(?:\\{([^}]*)})?")
                    .matcher(expression);
            while (metric.find()) {
                String name = metric.group(1);
                List<String> series = figures.keySet().stream()
                        .filter(known -> known.replaceFirst("\\{.*", "").equals(name))
                        .toList();
                String labels = metric.group(2) == null ? "" : metric.group(2);
                // Prometheus itself adds instance and job.
                boolean there = Pattern.compile("(?!instance|job)\\b\\w+=\"[^\"]*\"")
                        .matcher(labels)
                        .results()
                        .allMatch(label -> series.stream().anyMatch(known -> known.contains(label.group())));
                if (series.isEmpty() || !there) {
                    missing.add(metric.group());
                }
            }
        }
        return missing;
    }

    /** What the group of a pattern takes, wherever it is found in a file. */
    private static List<String> found(String pattern, String file) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(Path.of(file)))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static void expressions(JsonValue value, Consumer<String> use) {
        if (value instanceof JsonObject object) {
            object.forEach((name, inner) -> {
                if (name.equals("expr")) {
                    use.accept(((JsonString) inner).getString());
                } else {
                    expressions(inner, use);
                }
            });
        } else if (value instanceof jakarta.json.JsonArray array) {
            array.forEach(inner -> expressions(inner, use));
        }
    }
}
