package io.roomcast.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;

/** A Grizzly server on a free loopback port that closes a connection over which nothing has come for a second. */
public final class IdlingServer implements AutoCloseable {
    private static final int IDLE_SECONDS = 1;

    private final HttpServer http = new HttpServer();
    private final NetworkListener listener = new NetworkListener("idling", "127.0.0.1", 0);

    /** @param setUp adds to the listener before it starts, or to the server */
    public IdlingServer(BiConsumer<HttpServer, NetworkListener> setUp) {
        listener.getKeepAlive().setIdleTimeoutInSeconds(IDLE_SECONDS);
        listener.getTransport().setIOStrategy(SameThreadIOStrategy.getInstance());
        http.addListener(listener);
        setUp.accept(http, listener);
        try {
            http.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** WebSockets at {@code /ws} that echo are there when connections inside HTTP have been closed for their silence. */
    public void assertServesSilentWebSockets() {
        try (RawWebSocket listens = RawWebSocket.connect(webSocket());
                RawWebSocket spoke = RawWebSocket.connect(webSocket())) {
            spoke.text("before");
            assertEquals("before", spoke.read().text());
            awaitIdleTimeouts();
            for (RawWebSocket silent : List.of(listens, spoke)) {
                silent.text("after");
                RawWebSocket.Received answer = silent.read();
                assertNotNull(answer, "the server cut it");
                assertEquals("after", answer.text());
            }
        }
    }

    public URI webSocket() {
        return URI.create("ws://127.0.0.1:" + listener.getPort() + "/ws");
    }

    /** Returns when every connection has been looked at that has been idle for its time by now. */
    private void awaitIdleTimeouts() {
        // The first may be closed in the middle of a look at all connections, the second in a later one.
        for (int i = 0; i < 2; i++) {
            try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), listener.getPort())) {
                silent.setSoTimeout((int) TimeUnit.SECONDS.toMillis(RoomClient.PATIENCE_SECONDS));
                assertEquals(-1, silent.getInputStream().read(), "it is closed");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
