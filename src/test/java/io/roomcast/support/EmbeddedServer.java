package io.roomcast.support;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.standalone.StandaloneServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The embedded server on a free loopback port, in the test's own process. The test that starts it closes it. */
public final class EmbeddedServer implements AutoCloseable {
    private final StandaloneServer server;

    private EmbeddedServer(StandaloneServer server) {
        this.server = server;
    }

    public static EmbeddedServer start() {
        return start(Map.of());
    }

    /** @param settings by key, over the defaults, but messages are in memory only; nothing is taken from system properties or the environment */
    public static EmbeddedServer start(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(
                Map.of("roomcast.port", "0", "roomcast.drain.stop-window", "100ms", "roomcast.data", "none"));
        all.putAll(settings);
        RoomcastConfig config =
                RoomcastConfig.load(key -> Optional.ofNullable(all.get(key)), List.copyOf(all.keySet()));
        try {
            return new EmbeddedServer(StandaloneServer.start(config, Path.of("src/main/webapp")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A node of a cluster over Redis. */
    public static EmbeddedServer overRedis(String name, String redis, Map<String, String> more) {
        Map<String, String> settings =
                new HashMap<>(Map.of("roomcast.node", name, "roomcast.relay", "redis", "roomcast.redis.uri", redis));
        settings.putAll(more);
        return start(settings);
    }

    /** Whether the node says that it is ready. */
    public boolean isReady() {
        return new Http(uri(), null).send("GET", "/health/ready", null).statusCode() == 200;
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.port() + "/");
    }

    public int port() {
        return server.port();
    }

    /** Where metrics and the server API are, if they have a port of their own. */
    public URI operationsUri() {
        return URI.create("http://" + server.operationsAddress() + "/");
    }

    @Override
    public void close() {
        server.close();
    }
}
