package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Payara forgets the HTTP request behind each WebSocket, as long as its connection lives. */
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
            }
            Patience.await(
                    "the requests of " + CONNECTIONS + " connections gone", () -> live(console) - before <= OTHERS);
            assertTrue(server.figures().get("roomcast_sessions") >= CONNECTIONS, "they went with their connections");
        } finally {
            open.forEach(RawWebSocket::close);
        }
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
