package io.roomcast.support;

import io.roomcast.config.Key;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The server under test: one that is running at {@code roomcast.uri}, or an embedded one that lives as long as the
 * test.
 */
public final class TestServer implements AutoCloseable {
    private static final String RUNNING = System.getProperty("roomcast.uri");

    /** Payara hears of some connections that break at once by their silence only, as the heartbeat does. */
    private static final long SILENCE_SECONDS = 120;

    /** Null where the server runs already. */
    private final AutoCloseable embedded;

    private final URI base;
    private final Set<Key<?>> changed = new HashSet<>();

    private TestServer(AutoCloseable embedded, URI base) {
        this.embedded = embedded;
        this.base = base;
    }

    public static TestServer open() {
        return open(Map.of());
    }

    /** @param embeddedSettings by key; a server that is running has its own */
    public static TestServer open(Map<String, String> embeddedSettings) {
        if (isRunning()) {
            return running();
        }
        EmbeddedServer server = EmbeddedServer.start(embeddedSettings);
        return new TestServer(server, server.uri());
    }

    /**
     * The same, but an embedded one is a process of its own with a small heap, so that it can run out of memory, and be
     * seen to.
     *
     * @param embeddedOptions of the command line, such as {@code --heartbeat=1s}
     */
    public static TestServer openSmall(String... embeddedOptions) {
        if (isRunning()) {
            return running();
        }
        List<String> options = new ArrayList<>(List.of("--port=0", "--drain.stop-window=100ms"));
        options.addAll(List.of(embeddedOptions));
        MainProcess process = MainProcess.startSmall(options.toArray(String[]::new));
        return new TestServer(process, process.awaitReady());
    }

    /** Whether the tests use a server that runs already, with settings of its own. */
    public static boolean isRunning() {
        return RUNNING != null && !RUNNING.isEmpty();
    }

    private static TestServer running() {
        return new TestServer(null, URI.create(RUNNING.endsWith("/") ? RUNNING : RUNNING + "/"));
    }

    /** @param path below the application, with its query */
    public URI webSocket(String path) {
        return URI.create("ws" + base.resolve(path).toString().substring("http".length()));
    }

    /** The address that joins a room. */
    public URI room(String room, String user) {
        return webSocket("ws/" + encoded(room) + "/" + encoded(user));
    }

    public URI http(String path) {
        return base.resolve(path);
    }

    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A room of the test's own: the server may have seen other tests. */
    public static String newRoom() {
        return "room-" + UUID.randomUUID();
    }

    public ScrapedMetrics metrics() {
        return ScrapedMetrics.of(base);
    }

    public void awaitMetric(String name, double value) {
        ScrapedMetrics.await(base, RoomClient.PATIENCE_SECONDS, name, value);
    }

    /** Changes a limit as an operator does it, while the server runs. It is the usual one again after {@link #close}. */
    public void limit(Key<?> key, String value) {
        changed.add(key);
        set(key, value);
    }

    private void set(Key<?> key, String value) {
        if (embedded instanceof EmbeddedServer) {
            RemoteConsole.setLimit(ManagementFactory.getPlatformMBeanServer(), key.name(), value);
            return;
        }
        try (RemoteConsole console = RemoteConsole.ofAny(
                ProcessHandle.current().descendants().map(ProcessHandle::pid),
                new ObjectName("io.roomcast:type=Node"))) {
            RemoteConsole.setLimit(console.beans(), key.name(), value);
        } catch (IOException | JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until no connection is left of those that came before. */
    public void awaitNobody() {
        ScrapedMetrics.await(base, SILENCE_SECONDS, "roomcast_sessions", 0);
    }

    @Override
    public void close() {
        if (embedded instanceof EmbeddedServer server) {
            server.close();
        } else if (embedded instanceof MainProcess process) {
            process.close();
        } else {
            changed.forEach(key -> set(key, key.defaultText()));
        }
    }
}
