package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.kafka.KafkaProcess;
import io.roomcast.support.kafka.KafkaTrio;
import io.roomcast.support.workload.Workload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two nodes over a cluster of three Kafka servers, under a workload on both: servers, connections and a node break. */
class KafkaFaultIT {
    private static final long SEED = 20_260_401;
    private static final String TOPIC = "roomcast";
    private static final long PATIENCE_SECONDS = 60;
    private static final long PRESENCE_SECONDS = 20;

    /** The first partition has the leases of the nodes, too. */
    @Test
    void keepsItsPromisesWhileServersOfAClusterBreak() {
        try (KafkaTrio kafka = KafkaTrio.launch();
                NodeProcess a = node("node-a", kafka.proxies()).start();
                NodeProcess b = node("node-b", kafka.servers()).start();
                Workload workload = new Workload(List.of(a::webSocket, b::webSocket), 10, 4, 5, 50, SEED)) {
            goOn(workload);

            KafkaProcess killed = kafka.leaderOf(TOPIC, 0);
            killed.kill();
            goOn(workload);
            killed.start();
            kafka.awaitInSync(TOPIC, 0, 3);

            KafkaProcess paused = kafka.leaderOf(TOPIC, 0);
            paused.pause();
            goOn(workload);
            paused.resume();

            kafka.cut();
            a.awaitReady(false);
            kafka.mend();
            a.awaitReady(true);
            goOn(workload);

            b.kill();
            goOn(workload);
            b.start();
            goOn(workload);

            workload.quiesce(Cluster.WINDOW, PATIENCE_SECONDS);
            workload.awaitPresence(List.of(a::webSocket, b::webSocket), PRESENCE_SECONDS);
            assertEquals(List.of(), workload.violations(Cluster.WINDOW));
        }
    }

    private static NodeProcess node(String name, String servers) {
        return new NodeProcess(
                name,
                Map.of(
                        "relay", "kafka",
                        "kafka.servers", servers,
                        "kafka.partitions", "3",
                        "kafka.replicas", "3",
                        "presence.grace", "1s"));
    }

    private static void goOn(Workload workload) {
        workload.awaitAcks(200, PATIENCE_SECONDS);
    }
}
