package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Handshake;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics and the server API at a port of their own. */
class OperationsPortIT {
    @AutoClose
    private static EmbeddedServer server;

    private static Http clients;
    private static Http operations;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start(Map.of("roomcast.operations.port", "0", "roomcast.api.key", ApiServer.KEY));
        clients = new Http(server.uri(), ApiServer.KEY);
        operations = new Http(server.operationsUri(), ApiServer.KEY);
    }

    private static int status(Http http, String path) {
        return http.send("GET", path, null).statusCode();
    }

    @Test
    void thePortsDiffer() {
        assertNotEquals(server.uri().getPort(), server.operationsUri().getPort());
        assertEquals("127.0.0.1", server.operationsUri().getHost());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/api/v1/node", "/api/v1/openapi.yaml"})
    void operatorsFindTheirsAtOnePortOnly(String path) {
        assertEquals(200, status(operations, path));
        HttpResponse<String> elsewhere = clients.send("GET", path, null);
        assertEquals(404, elsewhere.statusCode());
        assertEquals("not_found", Http.read(elsewhere.body()).getString("code"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/js/roomcast.js"})
    void filesAreAtTheOther(String path) {
        assertEquals(200, status(clients, path));
        assertEquals(404, status(operations, path));
    }

    @Test
    void healthIsAtBoth() {
        assertEquals(200, status(clients, "/health/live"));
        assertEquals(200, status(operations, "/health/live"));
    }

    @Test
    void clientsConnectAtTheirPortOnly() throws Exception {
        URI there = server.operationsUri();
        assertEquals(404, Handshake.to(there.resolve("ws/lobby/ann")).status());
        assertEquals(404, Handshake.to(there.resolve("ws")).status());
        try (RoomClient ann = RoomClient.enter(server.uri(), "lobby", "ann")) {
            String body = "{\"sender\":\"billing\",\"content\":\"paid\"}";
            assertEquals(
                    200,
                    operations
                            .send("POST", "/api/v1/rooms/lobby/messages", body)
                            .statusCode());
            assertEquals("paid", ann.next("message").string("content"));
            assertTrue(operations.send("GET", "/metrics", null).body().contains("roomcast_sessions 1"));
        }
    }
}
