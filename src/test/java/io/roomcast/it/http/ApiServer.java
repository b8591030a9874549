package io.roomcast.it.http;

import io.roomcast.support.EmbeddedServer;
import java.net.URI;
import java.util.Map;

/**
 * The node whose API is called: one that is running at {@code roomcast.uri}, with this key and secret, or an embedded
 * one.
 */
public record ApiServer(EmbeddedServer embedded, URI uri) implements AutoCloseable {
    public static final String KEY = "a-key-of-sixteen-or-more";
    static final String SECRET = "a-secret-that-only-these-tests-know";
    private static final String RUNNING = System.getProperty("roomcast.uri", "");

    static ApiServer open() {
        if (!RUNNING.isEmpty()) {
            return new ApiServer(null, URI.create(RUNNING));
        }
        EmbeddedServer embedded = EmbeddedServer.start(Map.of(
                "roomcast.api.key",
                KEY,
                "roomcast.api.claim",
                "api",
                "roomcast.auth.secret",
                SECRET,
                "roomcast.token.default-permissions",
                "*: *"));
        return new ApiServer(embedded, embedded.uri());
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
