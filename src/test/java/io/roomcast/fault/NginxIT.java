package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.roomcast.Patience;
import io.roomcast.redis.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes behind nginx as {@code docker/nginx} configures it: each is drained and restarted under load, and nobody loses anything. */
class NginxIT {
    private static final String KEY = "the-operators-own-key";
    private static final int WINDOW = 10_000;
    private static final Pattern SESSIONS = Pattern.compile("^roomcast_sessions (\\d+)", Pattern.MULTILINE);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void needsNginx() {
        assumeTrue(Nginx.executable().isPresent(), "nginx is not installed (Debian: apt install nginx-light)");
    }

    @Test
    void aRollingRestartLosesNothing() throws Exception {
        restartBoth("nodes.conf");
    }

    @Test
    void norWhereVisitorsStickToNodes() throws Exception {
        // All of this test's have one address, and so one node until it drains.
        restartBoth("nodes-sticky.conf");
    }

    @Test
    void whatBelongsToANodeIsNotForTheWorld() throws Exception {
        try (RedisProcess redis = RedisProcess.launch();
                NodeProcess a = node("node-a", redis).start();
                Nginx nginx = new Nginx("nodes.conf", a.http("/"), a.http("/"))) {
            assertEquals(200, get(nginx.http("/")).statusCode());
            assertEquals(200, get(nginx.http("/js/roomcast.js")).statusCode());
            for (String hidden : List.of("/metrics", "/health/ready", "/api/v1/node")) {
                assertEquals(404, get(nginx.http(hidden)).statusCode(), hidden);
            }
        }
    }

    private void restartBoth(String nodes) throws Exception {
        try (RedisProcess redis = RedisProcess.launch();
                NodeProcess a = node("node-a", redis).start();
                NodeProcess b = node("node-b", redis).start();
                Nginx nginx = new Nginx(nodes, a.http("/"), b.http("/"));
                Workload workload = new Workload(List.of(nginx::webSocket), 10, 4, 5, 100, 20_260_102)) {
            workload.awaitAcks(200, 60);
            boolean sticky = sessions(a) == 0 || sessions(b) == 0;
            assertEquals(nodes.contains("sticky"), sticky, "sessions: " + sessions(a) + " and " + sessions(b));
            NodeProcess first = sessions(a) > 0 ? a : b;
            restart(first, workload);
            // As soon as it has sessions, the other may go; those that stick come back to it by themselves.
            Patience.await("sessions of " + first.name(), 60, () -> sessions(first) > 0);
            restart(first == a ? b : a, workload);
            workload.quiesce(WINDOW, 60);
            List<Function<String, URI>> addresses = List.of(a::webSocket, b::webSocket, nginx::webSocket);
            workload.awaitPresence(addresses, 20);
            assertEquals(
                    List.of(), new HistoryChecker(WINDOW).check(workload.log().events()));
            assertTrue(
                    nginx.log().stream().anyMatch(line -> line.contains("(503, 101)")),
                    "a draining node was passed over");
            assertEquals(
                    List.of(),
                    nginx.log().stream()
                            .filter(line -> line.matches(".*\" 5\\d\\d from .*"))
                            .toList(),
                    "no client met a node that is away");
        }
    }

    /** As an operator does it. */
    private void restart(NodeProcess node, Workload workload) throws Exception {
        HttpRequest drain = HttpRequest.newBuilder(node.http("/api/v1/node/drain"))
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"window\":\"3s\"}"))
                .build();
        assertEquals(200, http.send(drain, BodyHandlers.ofString()).statusCode());
        Patience.await(node.name() + " drained", 30, () -> sessions(node) == 0);
        workload.awaitAcks(100, 60);
        node.stop();
        workload.awaitAcks(100, 60);
        node.start();
        workload.awaitAcks(100, 60);
    }

    private int sessions(NodeProcess node) {
        try {
            Matcher sessions = SESSIONS.matcher(get(node.http("/metrics")).body());
            return sessions.find() ? Integer.parseInt(sessions.group(1)) : -1;
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private static NodeProcess node(String name, RedisProcess redis) {
        return new NodeProcess(
                name, Map.of("relay", "redis", "redis.uri", redis.uri(), "presence.grace", "1s", "api.key", KEY));
    }
}
