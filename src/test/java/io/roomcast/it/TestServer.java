package io.roomcast.it;

import io.roomcast.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** The server under test: one that is running at {@code roomcast.uri}, or an embedded one that lives as long as the test. */
final class TestServer implements AutoCloseable {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String RUNNING = System.getProperty("roomcast.uri");

    private final EmbeddedServer embedded;
    private final URI base;

    private TestServer(EmbeddedServer embedded, URI base) {
        this.embedded = embedded;
        this.base = base;
    }

    static TestServer open() {
        return open(Map.of());
    }

    /** @param embeddedSettings by key; a server that is running has its own */
    static TestServer open(Map<String, String> embeddedSettings) {
        if (RUNNING != null && !RUNNING.isEmpty()) {
            return new TestServer(null, URI.create(RUNNING.endsWith("/") ? RUNNING : RUNNING + "/"));
        }
        EmbeddedServer server = EmbeddedServer.start(embeddedSettings);
        return new TestServer(server, server.uri());
    }

    /** @param path below the application, with its query */
    URI webSocket(String path) {
        return URI.create("ws" + base.resolve(path).toString().substring("http".length()));
    }

    /** The address that joins a room. */
    URI room(String room, String user) {
        return webSocket("ws/" + encoded(room) + "/" + encoded(user));
    }

    URI http(String path) {
        return base.resolve(path);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A room of the test's own: the server may have seen other tests. */
    static String newRoom() {
        return "room-" + UUID.randomUUID();
    }

    /** The sum of those figures of {@code /metrics} whose lines begin like this. */
    long figure(String beginning) {
        return text("metrics")
                .lines()
                .filter(line -> line.startsWith(beginning))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** What a GET answers. */
    private String text(String path) {
        HttpRequest get = HttpRequest.newBuilder(http(path))
                .timeout(Duration.ofSeconds(Client.PATIENCE_SECONDS))
                .build();
        try {
            return HTTP.send(get, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
