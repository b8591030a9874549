package io.roomcast.it.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the WAR serves over HTTP where an application server deployed it. */
@Tag("server")
class DeploymentIT {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base = URI.create(System.getProperty("roomcast.uri"));

    @Test
    void theUiIsThereAndTheInsideIsNot() throws Exception {
        assertTrue(get("").body().contains("<title>Roomcast</title>"));
        for (String hidden : List.of("WEB-INF/web.xml", "WEB-INF/standalone-lib/", "META-INF/MANIFEST.MF")) {
            assertEquals(404, get(hidden).statusCode(), hidden);
        }
    }

    @Test
    void theNodeIsReady() throws Exception {
        HttpResponse<String> ready = get("health/ready");
        assertEquals(200, ready.statusCode());
        assertTrue(ready.body().contains("UP"), ready.body());
    }

    /** A pool has no thread before its first task. */
    @Test
    void theServersThreadsAreKnown() {
        ScrapedMetrics.await(
                base,
                RoomClient.PATIENCE_SECONDS,
                figures -> Stream.of("lane", "timer", "network", "server")
                        .allMatch(purpose -> figures.get("roomcast_threads{purpose=\"" + purpose + "\"}") >= 1));
    }

    /**
     * Classes that stand on another server's libraries are not even tried: WildFly would warn of each at every start.
     */
    @Test
    @Tag("wildfly")
    void noClassIsWarnedOf() throws IOException {
        Path log = Path.of(System.getProperty("wildfly.home"), "standalone/log/server.log");
        List<String> warnings = Files.readAllLines(log).stream()
                .filter(line -> line.contains("Failed to define class"))
                .toList();
        assertEquals(List.of(), warnings);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }
}
