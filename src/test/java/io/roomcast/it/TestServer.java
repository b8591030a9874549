package io.roomcast.it;

import io.roomcast.EmbeddedServer;
import io.roomcast.Figures;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/** The server under test: one that is running at {@code roomcast.uri}, or an embedded one that lives as long as the test. */
final class TestServer implements AutoCloseable {
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

    Figures figures() {
        return Figures.of(base);
    }

    void awaitFigure(String name, double value) {
        Figures.await(base, Client.PATIENCE_SECONDS, name, value);
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
