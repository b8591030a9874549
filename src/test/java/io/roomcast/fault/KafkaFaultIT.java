package io.roomcast.fault;

import io.roomcast.support.kafka.KafkaProcess;
import io.roomcast.support.kafka.KafkaTrio;
import io.roomcast.support.workload.Workload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two nodes over a cluster of three Kafka servers, under a workload on both: servers, connections and the nodes break. */
class KafkaFaultIT {
    private static final long SEED = 20_260_401;
    private static final String TOPIC = "roomcast";

    /** The first partition has the leases of the nodes, too. */
    @Test
    void keepsItsPromisesWhileServersOfAClusterBreak() {
        try (KafkaTrio kafka = KafkaTrio.launch();
                NodeProcess a = node("node-a", kafka.proxies()).start();
                NodeProcess b = node("node-b", kafka.servers()).start();
                Workload workload = new Workload(List.of(a::webSocket, b::webSocket), 10, 4, 5, 50, SEED)) {
            BrokerFaults faults = new BrokerFaults(a, b, workload);
            faults.goOn();

            KafkaProcess killed = kafka.leaderOf(TOPIC, 0);
            killed.kill();
            faults.goOn();
            killed.start();
            kafka.awaitInSync(TOPIC, 0, 3);

            KafkaProcess paused = kafka.leaderOf(TOPIC, 0);
            paused.pause();
            faults.goOn();
            paused.resume();

            kafka.cut();
            a.awaitReady(false);
            kafka.mend();
            a.awaitReady(true);
            faults.goOn();

            faults.pauseNode();
            faults.killNode();
            faults.checkPromises();
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
}
