package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.roomcast.support.Await;
import io.roomcast.support.redis.RedisProcess;
import io.roomcast.support.workload.HistoryChecker;
import io.roomcast.support.workload.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two nodes behind nginx as {@code docker/nginx} configures it: each is drained and restarted under load, and nobody
 * loses anything.
 */
class NginxIT {
    private static final String KEY = "the-operators-own-key";
    private static final int WINDOW = 10_000;
    private static final Pattern SESSIONS = Pattern.compile("^roomcast_sessions (\\d+)", Pattern.MULTILINE);
    private static final Pattern LENGTH = Pattern.compile("Content-Length: (\\d+)", Pattern.CASE_INSENSITIVE);
    private static final List<String> HIDDEN = List.of(
            "/metrics",
            "/metrics/",
            "/metrics?x",
            "/metrics;",
            "/metrics;x.js",
            "/metrics/;/x.js",
            "/metrics%3b",
            "/metrics%3Bx.js",
            "/metrics%20",
            "/metrics/.",
            "/metrics/..",
            "/metrics%2f",
            "/%6detrics",
            "//metrics",
            "/./metrics",
            "/%2e/metrics",
            "/x/../metrics",
            "/x/%2e./metrics",
            "/x/..%2fmetrics",
            "/js/..;/metrics",
            "/js\\..\\metrics",
            "/js/..%5cmetrics",
            "/ws/../metrics",
            "/ws/..;/metrics",
            "/metrics/../ws",
            "/metrics/ws",
            "/roomcast/metrics",
            "/roomcast/metrics;/ws",
            "/a/b/health/ready",
            "/health",
            "/health/",
            "/health/ready",
            "/health/ws",
            "/health;x/ready",
            "/health;/ws/a/b",
            "/;/health/ready",
            "/api",
            "/api/v1/node",
            "/api/v1/openapi.yaml",
            "/api/v1/rooms/ws",
            "/api/v1/rooms/ws/messages",
            "/api/v1/rooms/a.js",
            "/api;x/v1/node",
            "/ap%69/v1/node",
            "/roomcast/api/v1/rooms/ws/",
            "/a/b/api/v1/rooms/ws/x/y",
            "/ws/../api/v1/node",
            "/ws/api/v1/rooms/ws",
            "/metrics#/ws",
            "/metrics%23/ws",
            "/metrics%3f/ws",
            "/metrics%0a/ws",
            "/WEB-INF/web.xml",
            "/other/thing");
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
            for (String page : List.of("/", "/index.html", "/js/roomcast.js", "/css/base.css", "/img/icons.svg?x=;")) {
                assertEquals("200", answer(nginx, "GET", page, ""), page);
                // Whoever offers another protocol there is served as if there were no offer.
                assertEquals("200", answer(nginx, "GET", page, upgrade("h2c")), page);
                assertEquals("200", answer(nginx, "GET", page, upgrade("websocket")), page);
                assertEquals("403 nginx", answer(nginx, "POST", page, "Content-Length: 0\r\n"), page);
            }
            for (String socket : List.of("/ws", "/ws/health/ann", "/ws/api/metrics", "/ws/a%20b/O'Brien")) {
                assertEquals("101", answer(nginx, "GET", socket, upgrade("WebSocket")), socket);
                for (String other : List.of("h2c", "x", "websocket, h2c", "h2c, websocket", "TLS/1.0", "")) {
                    assertEquals("404 nginx", answer(nginx, "GET", socket, upgrade(other)), socket + ' ' + other);
                }
                assertEquals("404 nginx", answer(nginx, "GET", socket, ""), socket);
                assertEquals("403 nginx", answer(nginx, "POST", socket, upgrade("websocket")), socket);
            }
            assertEquals("404", answer(nginx, "GET", "/roomcast", ""), "for the node to say");
            for (String hidden : HIDDEN) {
                assertEquals("404 nginx", answer(nginx, "GET", hidden, ""), hidden);
                assertEquals("404 nginx", answer(nginx, "GET", hidden, upgrade("h2c")), hidden);
                assertEquals("404 nginx", answer(nginx, "POST", hidden, upgrade("websocket")), hidden);
            }
            for (String refused : List.of("/..", "/../metrics", "/%00", "/metrics%", "/ws/%zz", "metrics", "*")) {
                String answer = answer(nginx, "GET", refused, upgrade("websocket"));
                assertTrue(List.of("400 nginx", "404 nginx").contains(answer), () -> refused + ": " + answer);
            }
        }
    }

    private static String upgrade(String protocol) {
        return "Upgrade: " + protocol
                + "\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    }

    /** @return the status, and whether nginx itself answers */
    private static String answer(Nginx nginx, String method, String path, String headers) throws IOException {
        URI base = nginx.http("/");
        String request = method + ' ' + path + " HTTP/1.1\r\nHost: " + base.getAuthority() + "\r\n" + headers + "\r\n";
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder answer = new StringBuilder();
            InputStream in = socket.getInputStream();
            int wanted = Integer.MAX_VALUE;
            while (answer.length() < wanted) {
                int c = in.read();
                if (c < 0) {
                    break;
                }
                answer.append((char) c);
                if (wanted == Integer.MAX_VALUE && answer.toString().endsWith("\r\n\r\n")) {
                    Matcher length = LENGTH.matcher(answer);
                    wanted = answer.length() + (length.find() ? Math.min(1000, Integer.parseInt(length.group(1))) : 0);
                }
            }
            String status = answer.toString().split(" ", 3)[1];
            return answer.toString().contains("<center>nginx") ? status + " nginx" : status;
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
            Await.until("sessions of " + first.name(), 60, () -> sessions(first) > 0);
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
        Await.until(node.name() + " drained", 30, () -> sessions(node) == 0);
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
        // As in docker/compose.yaml: whoever comes through a proxy is let in by nothing but a decision of the
        // operator's.
        Map<String, String> settings = Map.of(
                "auth", "open", "relay", "redis", "redis.uri", redis.uri(), "presence.grace", "1s", "api.key", KEY);
        return new NodeProcess(name, settings);
    }
}
