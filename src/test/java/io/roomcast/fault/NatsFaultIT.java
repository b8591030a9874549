package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Await;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.nats.NatsProcess;
import io.roomcast.support.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Two nodes over one NATS, under a workload on both: NATS and its connections break, and a node is killed. */
class NatsFaultIT {
    private static final long SEED = 20_260_301;
    private static final long PATIENCE_SECONDS = 60;
    private static final long PRESENCE_SECONDS = 20;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void keepsItsPromisesWhileNatsBreaks() throws IOException {
        try (NatsProcess nats = NatsProcess.launch();
                CuttableProxy wayOfA = CuttableProxy.before(URI.create("http://127.0.0.1:" + nats.port()));
                NodeProcess a =
                        node("node-a", "nats://127.0.0.1:" + wayOfA.port()).start();
                NodeProcess b = node("node-b", nats.uri()).start();
                Workload workload = new Workload(List.of(a::webSocket, b::webSocket), 10, 4, 5, 50, SEED)) {
            goOn(workload);

            nats.kill();
            awaitReady(a, false);
            nats.start();
            awaitReady(a, true);
            goOn(workload);

            nats.pause();
            awaitReady(b, false);
            nats.resume();
            goOn(workload);

            wayOfA.cut();
            awaitReady(a, false);
            wayOfA.mend();
            awaitReady(a, true);
            goOn(workload);

            b.kill();
            goOn(workload);
            b.start();
            goOn(workload);

            workload.quiesce(Cluster.WINDOW, PATIENCE_SECONDS);
            List<Function<String, URI>> addresses = List.of(a::webSocket, b::webSocket);
            workload.awaitPresence(addresses, PRESENCE_SECONDS);
            assertEquals(List.of(), workload.violations(Cluster.WINDOW));
        }
    }

    /** @param server what the node reaches NATS by; NATS tells of no other address, since it listens on loopback */
    private static NodeProcess node(String name, String server) {
        return new NodeProcess(name, Map.of("relay", "nats", "nats.servers", server, "presence.grace", "1s"));
    }

    private static void goOn(Workload workload) {
        workload.awaitAcks(200, PATIENCE_SECONDS);
    }

    private void awaitReady(NodeProcess node, boolean ready) {
        Await.until(node.name() + (ready ? " ready" : " not ready"), 30, () -> isReady(node) == ready);
    }

    private boolean isReady(NodeProcess node) {
        HttpRequest request = HttpRequest.newBuilder(node.http("/health/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
