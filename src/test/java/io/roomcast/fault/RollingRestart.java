package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.redis.RedisProcess;
import io.roomcast.support.workload.Event;
import io.roomcast.support.workload.RecordingMember;
import io.roomcast.support.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Both nodes of a cluster are restarted, one after the other, while everybody talks: drained first, as an operator does
 * it, with a load balancer that sends nobody to a node that is not ready. Nobody loses a message, and nobody storms.
 */
final class RollingRestart {
    private static final String KEY = "a-key-of-sixteen-or-more";
    private static final int WINDOW_SECONDS = 6;
    private static final int HISTORY = 10_000;
    private static final long PATIENCE_SECONDS = 60;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** The only node that takes newcomers, or null for either. */
    private volatile NodeProcess alone;

    /** @param before what the nodes run until they are restarted; afterwards they run the current build */
    void run(Build before) {
        try (RedisProcess redis = RedisProcess.launch();
                NodeProcess a = node("node-a", redis).upgrade(before).start();
                NodeProcess b = node("node-b", redis).upgrade(before).start();
                Workload workload = new Workload(List.of(way(a, b), way(b, a)), 10, 8, 5, 0, 7)) {
            workload.awaitAcks(200, PATIENCE_SECONDS);
            restart(a, b, workload);
            restart(b, a, workload);
            workload.quiesce(HISTORY, PATIENCE_SECONDS);

            List<Event> events = workload.log().events();
            assertEquals(List.of(), workload.violations(HISTORY));
            List<Event.Joined> returns = events.stream()
                    .filter(event -> event instanceof Event.Joined joined && joined.since() != null)
                    .map(Event.Joined.class::cast)
                    .toList();
            assertTrue(returns.size() >= 80, "everybody moved, some twice: " + returns.size());
            assertTrue(returns.stream().allMatch(Event.Joined::recovered), "everybody got all that was missed");
        }
    }

    private static NodeProcess node(String name, RedisProcess redis) {
        return new NodeProcess(name, Map.of("relay", "redis", "redis.uri", redis.uri(), "api.key", KEY));
    }

    private java.util.function.Function<String, URI> way(NodeProcess wanted, NodeProcess other) {
        return user -> (alone == other ? other : wanted).webSocket(user);
    }

    private void restart(NodeProcess node, NodeProcess other, Workload workload) {
        other.awaitReady(true);
        long began = System.nanoTime();
        String answer = call(node, "POST", "/api/v1/node/drain", "{\"window\":\"" + WINDOW_SECONDS + "s\"}");
        int planned = Integer.parseInt(member(answer, "\"planned\":(\\d+)"));
        assertTrue(planned > 10, answer);
        node.awaitReady(false);
        alone = other;
        Await.until(
                node.name() + " drained",
                PATIENCE_SECONDS,
                () -> call(node, "GET", "/api/v1/node/drain", null).contains("\"drained\""));
        Await.until(
                "the return of all",
                PATIENCE_SECONDS,
                () -> workload.receivers().stream().allMatch(RecordingMember::isJoined));
        List<Event> since = workload.log().events().stream()
                .filter(event -> event.at() >= began)
                .toList();
        assertSpread("left", since.stream().filter(Event.Ended.class::isInstance), planned);
        assertSpread(
                "came back",
                since.stream().filter(event -> event instanceof Event.Joined joined && joined.since() != null),
                planned);
        workload.awaitAcks(100, PATIENCE_SECONDS);
        node.stop();
        workload.awaitAcks(100, PATIENCE_SECONDS);
        node.upgrade(Build.current()).start();
        node.awaitReady(true);
        alone = null;
        workload.awaitAcks(100, PATIENCE_SECONDS);
    }

    /**
     * In no sixth of the window more than half did it, though all did: on a busy machine some come together, and a
     * storm would be all.
     */
    private static void assertSpread(String what, Stream<Event> events, int planned) {
        long[] times = events.mapToLong(Event::at).sorted().toArray();
        assertTrue(
                times.length >= planned / 2,
                () -> "of " + planned + " sessions " + times.length + " receivers " + what);
        long second = TimeUnit.SECONDS.toNanos(1);
        for (int from = 0, to = 0; to < times.length; to++) {
            while (times[to] - times[from] > second) {
                from++;
            }
            int together = to - from + 1;
            assertTrue(together <= planned / 2, () -> together + " of " + planned + " " + what + " within a second");
        }
        assertTrue(
                times[times.length - 1] - times[0] > second * WINDOW_SECONDS / 2,
                () -> "they " + what + " over the window, not at once");
    }

    private static String call(NodeProcess node, String method, String path, String body) {
        HttpResponse<String> response = send(node, method, path, body);
        assertEquals(200, response.statusCode(), response.body());
        return response.body();
    }

    private static HttpResponse<String> send(NodeProcess node, String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(node.http(path))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String member(String json, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(json);
        assertTrue(matcher.find(), json);
        return matcher.group(1);
    }
}
