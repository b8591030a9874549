package io.roomcast.it;

import io.roomcast.EmbeddedServer;
import io.roomcast.metrics.NodeMetrics;
import jakarta.enterprise.inject.spi.CDI;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Connections that break at the worst of moments, right after the handshake. */
class BrokenConnectionIT {
    private static final int CONNECTIONS = 400;

    @Test
    void leaveNothingBehind() {
        try (EmbeddedServer server = EmbeddedServer.start(Map.of("roomcast.heartbeat", "1s"))) {
            String address = "ws://127.0.0.1:" + server.port() + "/ws";
            List<URI> endpoints =
                    List.of(URI.create(address + "?user=mallory"), URI.create(address + "/lobby/mallory"));
            for (int i = 0; i < CONNECTIONS; i++) {
                RawWebSocket.connect(endpoints.get(i % 2)).cut();
            }
            NodeMetrics metrics = CDI.current().select(NodeMetrics.class).get();
            Figure.await(0, () -> metrics.openedSessions() - metrics.closedSessions());
        }
    }
}
