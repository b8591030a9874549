package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.redis.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The load tester holds members on two nodes of which one is drained: they move, and it sees that nobody lost anything
 * by it.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadTesterDrainIT {
    private static final String KEY = "a-key-of-sixteen-or-more";
    private static final int MEMBERS = 100;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    @Test
    void membersOfADrainedNodeMoveAndMissNothing() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (RedisProcess redis = RedisProcess.launch();
                EmbeddedServer a = node("node-a", redis);
                EmbeddedServer b = node("node-b", redis)) {
            String[] arguments = {
                "--uri=" + a.uri() + "," + b.uri(),
                "--connections=" + MEMBERS,
                "--rooms=9",
                "--rate=200",
                "--warmup=200ms",
                "--hold=12s",
                "--report=" + directory.resolve("picture.html")
            };
            CompletableFuture<Integer> run = CompletableFuture.supplyAsync(() -> {
                try {
                    return LoadTester.run(arguments, out);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Await.until(
                    "the hold begins",
                    () -> bytes.toString(StandardCharsets.UTF_8).contains("hold"));
            int moving = sessions(a);
            assertTrue(moving >= MEMBERS / 3 && moving <= MEMBERS * 2 / 3, "spread over both: " + moving);
            call(a, "POST", "/api/v1/node/drain", "{\"window\":\"3s\"}");
            Await.until(
                    "the node is drained",
                    () -> call(a, "GET", "/api/v1/node/drain", null).contains("\"drained\""));
            Await.until("all are on the other node", () -> sessions(b) == MEMBERS);

            int exit = run.get(60, TimeUnit.SECONDS);
            String printed = bytes.toString(StandardCharsets.UTF_8);
            assertEquals(LoadTester.RIGHT, exit, printed);
            assertTrue(printed.contains(" 0 failed, " + moving + " broke, " + moving + " came back"), printed);
            assertTrue(printed.contains("{4001 please reconnect=" + moving + "}"), printed);
            assertTrue(printed.contains("every delivery right: 0 lost"), printed);
            assertTrue(printed.contains("told that they missed some: 0"), printed);
        }
    }

    private static EmbeddedServer node(String name, RedisProcess redis) {
        return EmbeddedServer.overRedis(name, redis.uri(), Map.of("roomcast.api.key", KEY));
    }

    private static int sessions(EmbeddedServer node) {
        return Integer.parseInt(
                call(node, "GET", "/api/v1/node", null).replaceFirst("(?s).*\"sessions\":(\\d+).*", "$1"));
    }

    private static String call(EmbeddedServer node, String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(node.uri().resolve(path))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + KEY)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
