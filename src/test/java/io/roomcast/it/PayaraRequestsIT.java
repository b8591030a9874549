package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RemoteConsole;
import io.roomcast.support.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Payara forgets the HTTP request behind a WebSocket with the handshake: no connection that talks is in HTTP. */
@Tag("server")
@Tag("payara")
class PayaraRequestsIT {
    private static final int CONNECTIONS = 400;
    /** Requests that its threads keep for the next time, or that came by meanwhile. */
    private static final int OTHERS = 100;

    private static final String REQUEST = "org.glassfish.grizzly.http.HttpServerFilter$ServerHttpRequestImpl";

    @Test
    void areLetGo() throws Exception {
        List<RawWebSocket> open = new ArrayList<>();
        try (RemoteConsole console = RemoteConsole.ofAny(
                        ProcessHandle.current().descendants().map(ProcessHandle::pid),
                        new ObjectName("io.roomcast:type=Node"));
                TestServer server = TestServer.open()) {
            long before = live(console);
            for (int i = 0; i < CONNECTIONS; i++) {
                open.add(RawWebSocket.connect(server.webSocket("ws?user=member" + i)));
                if (i % 100 == 0) {
                    open.forEach(RawWebSocket::showLife);
                }
            }
            for (RawWebSocket webSocket : open) {
                webSocket.send(RawWebSocket.PING, true, new byte[0]);
                await(webSocket, RawWebSocket.PONG);
            }
            long more = live(console) - before;
            assertTrue(more <= OTHERS, more + " requests more for " + CONNECTIONS + " connections that have talked");
            assertTrue(server.metrics().get("roomcast_sessions") >= CONNECTIONS, "they went with their connections");
        } finally {
            open.forEach(RawWebSocket::close);
        }
    }

    /**
     * One of the API is worked on by several threads, and may end on one while another leaves it; the server uses it
     * again at once.
     */
    @Test
    void areFreshForEachConnection() throws Exception {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try (TestServer server = TestServer.open()) {
            HttpRequest rooms = HttpRequest.newBuilder(server.http("api/v1/rooms"))
                    .header("Authorization", "Bearer a-key-of-sixteen-or-more")
                    .build();
            for (int i = 0; i < CONNECTIONS; i++) {
                assertEquals(200, http.send(rooms, BodyHandlers.ofString()).statusCode());
                try (RawWebSocket webSocket = RawWebSocket.connect(server.webSocket("ws?user=member"))) {
                    webSocket.send(RawWebSocket.PING, true, new byte[0]);
                    await(webSocket, RawWebSocket.PONG);
                }
            }
        }
    }

    private static void await(RawWebSocket webSocket, int opcode) {
        RawWebSocket.Received received;
        do {
            received = webSocket.read();
            assertNotNull(received, "the connection broke");
        } while (received.opcode() != opcode);
    }

    /** Requests in the server's memory after a full collection. */
    private static long live(RemoteConsole console) {
        return histogram(console)
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length >= 4 && columns[3].equals(REQUEST))
                .mapToLong(columns -> Long.parseLong(columns[1]))
                .sum();
    }

    private static String histogram(RemoteConsole console) {
        try {
            return (String) console.beans()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
