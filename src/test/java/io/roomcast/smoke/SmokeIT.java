package io.roomcast.smoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.roomcast.support.Await;
import io.roomcast.support.Frame;
import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import io.roomcast.support.server.LeakProbe;
import io.roomcast.support.server.ServerNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The unchanged WAR on each server: it is deployed, serves, drains, is taken away and comes back. */
@Tag("smoke")
class SmokeIT {
    private static final int MEMBERS = 500;
    private static final long SETTLING_SECONDS = 60;
    /** Class loaders of the application that may be left. A server's idle threads keep some until they end. */
    private static final int CLASS_LOADERS = 1;

    private static final String KEY = "smoke-test-api-key";
    private static final Map<String, String> SETTINGS = Map.of(
            "roomcast.auth", "open",
            "roomcast.api.key", KEY,
            "roomcast.drain.stop-window", "200ms");

    /** Lines that tell of a defect: a stack trace, or what the server itself calls an error. */
    private static final Pattern ERROR = Pattern.compile(
            "(?m)^(?!.*Warning).*(\\b(ERROR|SEVERE|FATAL)\\b|^Caused by: |^\\tat io\\.roomcast\\.|CWWK\\w+E: ).*$");

    @ParameterizedTest
    @MethodSource("io.roomcast.smoke.SmokeServer#all")
    void servesTheWar(SmokeServer server) throws Exception {
        assumeTrue(
                server.jdk() != null,
                () -> "no JDK " + server.java() + ". Install Debian's package openjdk-" + server.java()
                        + "-jdk-headless or a newer one, and name it with -Dsecond.jdk=PATH");
        try (ServerNode node = server.node(SETTINGS)) {
            node.start();
            checkFastPath(server, node);
            Addresses addresses = new Addresses(node.uri(), KEY);
            addresses.checkPage();
            addresses.checkNames();
            try (Crowd crowd = new Crowd(node.uri(), MEMBERS)) {
                checkTransports(server, node);
                crowd.talk();
                crowd.comeBack();
                addresses.kick(crowd);
                crowd.sendTooMuch();
                addresses.drain(crowd);
            }
            redeploy(server, node);
            try (RoomClient again = RoomClient.enter(node.uri(), "lobby", "ann")) {
                again.say("{'id':1,'content':'again'}");
                Frame ack = again.next("ack");
                assertTrue(ack.number("offset") > 0, ack::text);
            }
            assertEquals(List.of(), errors(node));
            // Last, because some servers log an error for each.
            addresses.checkStrangePaths();
        }
    }

    /** What the log says of it, which docs/servers.md repeats. */
    private static void checkFastPath(SmokeServer server, ServerNode node) {
        String console = node.console();
        if (server.fastPath() == null) {
            assertTrue(console.contains("sessions use the portable path"), console);
        } else if (!server.fastPath().isEmpty()) {
            assertTrue(console.contains(server.fastPath() + ": the fast path of WebSockets is available"), console);
        }
    }

    private static void checkTransports(SmokeServer server, ServerNode node) {
        ScrapedMetrics metrics = ScrapedMetrics.of(node.uri());
        assertEquals(MEMBERS, metrics.get("roomcast_sessions"));
        assertEquals(server.fastPath() == null ? MEMBERS : 0, metrics.get("roomcast_sessions_portable"));
    }

    private static void redeploy(SmokeServer server, ServerNode node) throws IOException {
        try (RoomClient guest = RoomClient.enter(node.uri(), "lobby", "guest")) {
            if (server.redeploys()) {
                long process = node.pid();
                node.undeploy();
                assertTrue(List.of(1001, 4001).contains(guest.awaitClose()), "it is told to come back");
                Await.until(() -> "nothing left: " + left(process), SETTLING_SECONDS, () -> {
                    LeakProbe left = left(process);
                    return left.threads().isEmpty() && left.beans().isEmpty() && left.classLoaders() <= CLASS_LOADERS;
                });
                node.deploy();
                assertEquals(process, node.pid());
            } else {
                node.stop();
                assertEquals(4001, guest.awaitClose());
                node.start();
            }
        }
    }

    private static LeakProbe left(long process) {
        try {
            return LeakProbe.in(process);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> errors(ServerNode node) {
        return ERROR.matcher(node.console())
                .results()
                .map(found -> found.group())
                .toList();
    }
}
