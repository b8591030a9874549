package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.RoomClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The script of the images that drains a node, and spreads sessions over nodes. */
@Tag("embedded")
@Timeout(180)
class OperateScriptIT {
    private static final String KEY = "the-operators-own-key";
    private static final int DRAINING = 4001;

    @Test
    void aDrainReturnsWhenTheNodeHasNoSessions() throws Exception {
        try (EmbeddedServer server = node()) {
            List<RoomClient> clients = connect(server, 5);
            Run run = operate(KEY, "drain", address(server), "1");
            assertEquals(0, run.status, run.output);
            assertTrue(run.output.contains("\"state\":\"drained\""), run.output);
            for (RoomClient client : clients) {
                assertEquals(DRAINING, client.awaitClose());
            }
        }
    }

    @Test
    void aNodeThatRefusesIsToldOf() throws Exception {
        try (EmbeddedServer server = node()) {
            Run run = operate("another-key-than-the-node-has", "drain", address(server), "1");
            assertEquals(1, run.status, run.output);
            assertTrue(run.output.contains(": 401 "), run.output);
            assertEquals(1, operate("", "drain", address(server), "1").status);
        }
    }

    @Test
    void aRebalanceClosesWhatANodeHasAboveTheAverage() throws Exception {
        try (EmbeddedServer old = node();
                EmbeddedServer added = node()) {
            List<RoomClient> clients = connect(old, 30);
            List<RoomClient> others = connect(added, 10);
            Run run = operate(KEY, "rebalance", "1", address(old), address(added));
            assertEquals(0, run.status, run.output);
            assertTrue(
                    run.output.contains(old.port() + " has 30 sessions, the average is 20: closes 0.333"), run.output);
            Await.until("some to be closed", () -> open(clients) < 30);
            assertEquals(10, open(others), "the node that has fewer keeps all");
        }
    }

    @Test
    void nodesThatHaveAboutTheSameKeepIt() throws Exception {
        try (EmbeddedServer one = node();
                EmbeddedServer two = node()) {
            List<RoomClient> clients = new ArrayList<>(connect(one, 11));
            clients.addAll(connect(two, 10));
            Run run = operate(KEY, "rebalance", "1", address(one), address(two));
            assertEquals(0, run.status, run.output);
            assertTrue(run.output.contains("2 nodes have 10 sessions each"), run.output);
            assertEquals(21, open(clients));
        }
    }

    private static EmbeddedServer node() {
        return EmbeddedServer.start(Map.of("roomcast.api.key", KEY));
    }

    private static String address(EmbeddedServer server) {
        return "127.0.0.1:" + server.port();
    }

    private static List<RoomClient> connect(EmbeddedServer server, int count) {
        List<RoomClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(RoomClient.enter(server.uri(), "lobby", "user-" + i));
        }
        return clients;
    }

    private static long open(List<RoomClient> clients) {
        return clients.stream().filter(RoomClient::isOpen).count();
    }

    private record Run(int status, String output) {}

    private static Run operate(String key, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder script = new ProcessBuilder(Stream.concat(Stream.of("docker/operate.sh"), Stream.of(arguments))
                .toList());
        script.environment().put("ROOMCAST_API_KEY", key);
        Process process = script.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
        return new Run(process.exitValue(), output);
    }
}
