package io.roomcast.it;

import io.roomcast.EmbeddedServer;
import io.roomcast.metrics.NodeMetrics;
import jakarta.enterprise.inject.spi.CDI;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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
        if (RUNNING != null && !RUNNING.isEmpty()) {
            return new TestServer(null, URI.create(RUNNING.endsWith("/") ? RUNNING : RUNNING + "/"));
        }
        EmbeddedServer server = EmbeddedServer.start();
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

    /** What the node counted, where the test can see into it. */
    Optional<NodeMetrics> metrics() {
        return embedded == null
                ? Optional.empty()
                : Optional.of(CDI.current().select(NodeMetrics.class).get());
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
