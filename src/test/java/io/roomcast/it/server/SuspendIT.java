package io.roomcast.it.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.server.ServerNode;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whoever suspends or stops WildFly sends the clients away in order, not all at once. */
@Tag("server")
@Tag("wildfly")
@Tag("own-server")
class SuspendIT {
    private static final int CLIENTS = 20;
    private static final long SECONDS = 60;

    private static ServerNode node;

    @BeforeAll
    static void start() {
        Map<String, String> settings =
                Map.of("roomcast.auth", "open", "roomcast.drain.window", "1h", "roomcast.drain.stop-window", "2s");
        node = new ServerNode("suspended", settings).start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aSuspendedServerDrainsUntilItIsResumedOrStopped() throws IOException {
        List<RawWebSocket> clients = IntStream.range(0, CLIENTS)
                .mapToObj(i -> RawWebSocket.connect(node.webSocket("user" + i)))
                .toList();
        try {
            node.manage(":suspend");
            clients.forEach(SuspendIT::awaitDraining);
            assertFalse(node.isReady());
            node.manage(":resume");
            Await.until("the node to be ready", SECONDS, node::isReady);
            clients.forEach(RawWebSocket::showLife);
            RawWebSocket last = clients.get(CLIENTS - 1);
            last.text("{\"type\":\"ping\",\"id\":1}");
            assertEquals("{\"type\":\"pong\",\"id\":1}", last.read().text());
            CompletableFuture<Void> stop = CompletableFuture.runAsync(node::stop);
            List<Integer> codes = clients.stream().map(RawWebSocket::awaitClose).toList();
            assertEquals(Collections.nCopies(CLIENTS, 4001), codes);
            stop.join();
        } finally {
            clients.forEach(RawWebSocket::close);
        }
    }

    private static void awaitDraining(RawWebSocket client) {
        String text = client.read().text();
        assertTrue(text.contains("\"type\":\"draining\""), text);
    }
}
