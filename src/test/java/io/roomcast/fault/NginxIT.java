package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.roomcast.support.Await;
import io.roomcast.support.machine.Program;
import io.roomcast.support.redis.RedisProcess;
import io.roomcast.support.workload.HistoryChecker;
import io.roomcast.support.workload.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two nodes behind nginx as {@code docker/nginx} configures it: each is drained and restarted under load, and nobody
 * loses anything.
 */
class NginxIT {
    private static final String KEY = "the-operators-own-key";
    private static final int WINDOW = 10_000;
    /** More than the network has room for. */
    private static final int MESSAGES = 2_000;

    private static final Pattern SESSIONS = Pattern.compile("^roomcast_sessions (\\d+)", Pattern.MULTILINE);
    private static final Pattern SLOW =
            Pattern.compile("^roomcast_slow_consumers_total\\{[^}]*} (\\d+)", Pattern.MULTILINE);
    private static final Pattern CLOSED_AS_SLOW =
            Pattern.compile("^roomcast_sessions_closed_total\\{code=\"4000\"[^}]*} (\\d+)", Pattern.MULTILINE);
    private static final Pattern LENGTH = Pattern.compile("Content-Length: (\\d+)", Pattern.CASE_INSENSITIVE);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void needsNginx() {
        Program.NGINX.require();
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
            for (String page :
                    List.of("/", "/index.html", "/js/roomcast.js", "/css/base.css", "/img/favicon.svg?x=;")) {
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
            String poll = "Content-Length: 24\r\n\r\n{\"rooms\":{\"lobby\":null}}";
            assertEquals("200", answer(nginx, "POST", "/http/poll?user=ann", poll));
            assertEquals("200", answer(nginx, "POST", "/http/send?user=ann", "Content-Length: 1\r\n\r\nx"));
            assertEquals("400", answer(nginx, "GET", "/http/events?user=ann", ""), "without rooms");
            assertEquals("404 nginx", answer(nginx, "POST", "/http/else", "Content-Length: 0\r\n"));
            for (String file : chat()) {
                assertEquals("200", answer(nginx, "GET", file, ""), file);
            }
            for (String file : versioned(nginx)) {
                assertEquals("200", answer(nginx, "GET", file, "Accept-Encoding: gzip\r\n"), file);
            }
            for (String application : List.of(
                    "/roomcast", "/roomcast-1.0", "/a/b/", "/a/js/app/main.js", "/a/v/0f/css/base.css", "/a/ws/b/c")) {
                assertEquals("404", answer(nginx, "GET", application, upgrade("websocket")), "for the node to say");
            }
            for (String host : List.of("a", "a.example", "a_b:1", "127.0.0.1:65535", "[::1]", "[2001:db8::1]:8080")) {
                assertEquals("200", answer(nginx, "GET", "/", "", host), host);
                assertEquals("101", answer(nginx, "GET", "/ws", upgrade("websocket"), host), host);
            }
            for (String none : NotPublic.HOSTS) {
                assertEquals("400 nginx", answer(nginx, "GET", "/", "", none), none);
                assertEquals("400 nginx", answer(nginx, "GET", "/ws", upgrade("websocket"), none), none);
            }
            for (String hidden : NotPublic.ADDRESSES) {
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

    /** Every file of the page, as visitors ask for them. */
    private static List<String> chat() throws IOException {
        Path page = Path.of("src/main/webapp");
        try (Stream<Path> files = Files.walk(page)) {
            List<String> chat = files.filter(Files::isRegularFile)
                    .map(file -> "/" + page.relativize(file))
                    .filter(file -> !file.startsWith("/WEB-INF/"))
                    .toList();
            assertTrue(chat.contains("/index.html"), chat.toString());
            return chat;
        }
    }

    /** The files of the page, as the page names them. */
    private List<String> versioned(Nginx nginx) throws Exception {
        HttpRequest get = HttpRequest.newBuilder(nginx.http("/")).build();
        String page = http.send(get, HttpResponse.BodyHandlers.ofString()).body();
        Matcher named = Pattern.compile("\"(v/[^\"]+)\"").matcher(page);
        List<String> files = named.results().map(file -> "/" + file.group(1)).toList();
        assertTrue(files.stream().anyMatch(file -> file.endsWith("/js/app/main-bundle.js")), page);
        return files;
    }

    /** As Payara is while it starts: there is no application yet, and then one that cannot serve yet. */
    @Test
    void aServerWhoseApplicationIsNotThereYetCostsNobodyAnything() throws Exception {
        AtomicInteger status = new AtomicInteger();
        HttpServer starting = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        starting.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        starting.start();
        URI first = URI.create("http://127.0.0.1:" + starting.getAddress().getPort());
        try (RedisProcess redis = RedisProcess.launch();
                NodeProcess node = node("node-b", redis).start();
                Nginx nginx = new Nginx("nodes.conf", first, node.http("/"))) {
            for (int early : List.of(404, 500)) {
                status.set(early);
                for (int i = 0; i < 6; i++) {
                    assertEquals("101", answer(nginx, "GET", "/ws/room/user" + i, upgrade("websocket")));
                    assertEquals("200", answer(nginx, "GET", "/index.html", ""));
                }
                for (String passedOver : List.of("(" + early + ", 101)", "(" + early + ", 200)")) {
                    Await.until(passedOver, () -> nginx.log().stream().anyMatch(line -> line.contains(passedOver)));
                }
            }
        } finally {
            starting.stop(0);
        }
    }

    /** It is the node that knows what a client has not read, and so it is the node that decides. */
    @Test
    void aClientThatDoesNotReadIsLeftToTheNode() throws Exception {
        try (RedisProcess redis = RedisProcess.launch();
                NodeProcess node =
                        node("node-a", redis, "limits.outbound-age", "15s").start();
                Nginx nginx = new Nginx("nodes.conf", node.http("/"), node.http("/"));
                Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4_096);
            slow.setSoTimeout(30_000);
            slow.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), nginx.http("/").getPort()));
            slow.getOutputStream().write(request("GET", "/ws/room/slow", upgrade("websocket"), "a"));
            Await.until("the slow one", () -> sessions(node) == 1);
            fill(node);
            Await.until("the node's own close", 60, () -> figure(node, CLOSED_AS_SLOW) == 1);
            String all = new String(slow.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(all.endsWith("\u000f\u00a0reads nothing"), "4000, after what had been sent: " + all.length());
        }
    }

    /** Publishes until somebody is behind. */
    private void fill(NodeProcess node) {
        String message = "{\"type\":\"publish\",\"room\":\"room\",\"content\":\"" + "x".repeat(16_000) + "\"}";
        WebSocket talker = http.newWebSocketBuilder()
                .subprotocols("roomcast.v1")
                .buildAsync(node.webSocket("talker").resolve("/ws/room/talker"), new WebSocket.Listener() {})
                .join();
        for (int i = 0; i < MESSAGES && figure(node, SLOW) < 1; i++) {
            talker.sendText(message, true).join();
        }
        talker.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    private static String upgrade(String protocol) {
        return "Upgrade: " + protocol
                + "\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    }

    /** @return the status, and whether nginx itself answers */
    private static String answer(Nginx nginx, String method, String path, String headers) throws IOException {
        return answer(nginx, method, path, headers, nginx.http("/").getAuthority());
    }

    private static String answer(Nginx nginx, String method, String path, String headers, String host)
            throws IOException {
        URI base = nginx.http("/");
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request(method, path, headers, host));
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

    private static byte[] request(String method, String path, String headers, String host) {
        return (method + ' ' + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
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
        HttpRequest drain = operator(node, "node/drain", "{\"window\":\"3s\"}");
        assertEquals(200, http.send(drain, BodyHandlers.ofString()).statusCode());
        Await.until(node.name() + " drained", 30, () -> sessions(node) == 0);
        workload.awaitAcks(100, 60);
        node.stop();
        workload.awaitAcks(100, 60);
        node.start();
        workload.awaitAcks(100, 60);
    }

    private static HttpRequest operator(NodeProcess node, String path, String body) {
        return HttpRequest.newBuilder(node.http("/api/v1/" + path))
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private int sessions(NodeProcess node) {
        return figure(node, SESSIONS);
    }

    /** @return the sum of the figures that are found, or -1 */
    private int figure(NodeProcess node, Pattern pattern) {
        try {
            return pattern.matcher(get(node.http("/metrics")).body())
                    .results()
                    .map(found -> Integer.parseInt(found.group(1)))
                    .reduce(Integer::sum)
                    .orElse(-1);
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
        return node(name, redis, "presence.grace", "1s");
    }

    private static NodeProcess node(String name, RedisProcess redis, String key, String value) {
        // As in docker/compose.yaml: whoever comes through a proxy is let in by nothing but a decision of the
        // operator's.
        Map<String, String> settings =
                Map.of("auth", "open", "relay", "redis", "redis.uri", redis.uri(), key, value, "api.key", KEY);
        return new NodeProcess(name, settings);
    }
}
