package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Await;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.nats.NatsProcess;
import io.roomcast.support.nats.NatsTrio;
import io.roomcast.support.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two nodes over one NATS, under a workload on both: NATS, its connections and the nodes break. */
class NatsFaultIT {
    private static final long SEED = 20_260_301;
    private static final long PATIENCE_SECONDS = 60;
    private static final long PRESENCE_SECONDS = 20;

    @Test
    void keepsItsPromisesWhileNatsBreaks() throws IOException {
        try (NatsProcess nats = NatsProcess.launch();
                CuttableProxy wayOfA = CuttableProxy.before(URI.create("http://127.0.0.1:" + nats.port()));
                NodeProcess a =
                        node("node-a", "nats://127.0.0.1:" + wayOfA.port()).start();
                NodeProcess b = node("node-b", nats.uri()).start();
                Workload workload = new Workload(List.of(a::webSocket, b::webSocket), 10, 4, 5, 50, SEED)) {
            BrokerFaults faults = new BrokerFaults(a, b, workload);
            faults.goOn();
            faults.breakBroker(nats, wayOfA);
            faults.pauseNode();
            faults.killNode();
            faults.checkPromises();
        }
    }

    /**
     * The server that decides what is stored is killed, twice. Where streams have replicas, another one decides then.
     * Older servers keep a stream on one server, which comes back with what it had. Then the server stands still, and is cut
     * off from the others while all of them live.
     */
    @Test
    void keepsItsPromisesWhileServersOfAClusterDie() {
        try (NatsTrio servers = NatsTrio.launch()) {
            boolean replicas = servers.hasReplicas();
            Map<String, String> settings = Map.of(
                    "relay",
                    "nats",
                    "nats.servers",
                    servers.uris(),
                    "nats.replicas",
                    replicas ? "3" : "1",
                    "presence.grace",
                    "1s");
            try (NodeProcess a = new NodeProcess("node-a", settings).start();
                    NodeProcess b = new NodeProcess("node-b", settings).start();
                    Workload workload = new Workload(List.of(a::webSocket, b::webSocket), 10, 4, 5, 50, SEED)) {
                goOn(workload);
                for (String stream : List.of("roomcast", "roomcast-presence")) {
                    NatsProcess leader = servers.leaderOf(stream);
                    leader.kill();
                    if (replicas) {
                        goOn(workload);
                    }
                    leader.start();
                    goOn(workload);
                }
                NatsProcess paused = servers.leaderOf("roomcast");
                paused.pause();
                goOnWithout(replicas, workload, a, b);
                paused.resume();
                goOn(workload);
                servers.cutOff(servers.leaderOf("roomcast"));
                goOnWithout(replicas, workload, a, b);
                servers.mend();
                goOn(workload);
                servers.stepDown("roomcast");
                goOn(workload);
                workload.quiesce(Cluster.WINDOW, PATIENCE_SECONDS);
                workload.awaitPresence(List.of(a::webSocket, b::webSocket), PRESENCE_SECONDS);
                assertEquals(List.of(), workload.violations(Cluster.WINDOW));
            }
        }
    }

    /** @param server what the node reaches NATS by; NATS tells of no other address, since it listens on loopback */
    private static NodeProcess node(String name, String server) {
        return new NodeProcess(name, Map.of("relay", "nats", "nats.servers", server, "presence.grace", "1s"));
    }

    /** Where others have replicas, they go on. Else some wait; those at the server itself may not. */
    private static void goOnWithout(boolean replicas, Workload workload, NodeProcess a, NodeProcess b) {
        if (replicas) {
            goOn(workload);
        } else {
            Await.comesTrue(5, () -> !a.isReady() && !b.isReady());
        }
    }

    private static void goOn(Workload workload) {
        workload.awaitAcks(200, PATIENCE_SECONDS);
    }
}
