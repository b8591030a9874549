package io.roomcast.fault;

import io.roomcast.support.CuttableProxy;
import io.roomcast.support.rabbitmq.RabbitProcess;
import io.roomcast.support.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two nodes over one RabbitMQ, under a workload on both: RabbitMQ, its connections and the nodes break. */
class RabbitFaultIT {
    private static final long SEED = 20_260_501;

    @Test
    void keepsItsPromisesWhileRabbitMqBreaks() throws IOException {
        try (RabbitProcess rabbit = RabbitProcess.launch();
                CuttableProxy wayOfA = CuttableProxy.before(URI.create("http://" + rabbit.server()));
                NodeProcess a = node("node-a", "127.0.0.1:" + wayOfA.port()).start();
                NodeProcess b = node("node-b", rabbit.server()).start();
                Workload workload = new Workload(List.of(a::webSocket, b::webSocket), 10, 4, 5, 50, SEED)) {
            BrokerFaults faults = new BrokerFaults(a, b, workload);
            faults.goOn();
            faults.breakBroker(rabbit, wayOfA);
            faults.pauseNode();
            faults.killNode();
            faults.checkPromises();
        }
    }

    private static NodeProcess node(String name, String server) {
        return new NodeProcess(
                name,
                Map.of(
                        "relay",
                        "rabbitmq",
                        "rabbitmq.servers",
                        server,
                        "rabbitmq.user",
                        RabbitProcess.USER,
                        "rabbitmq.password",
                        RabbitProcess.PASSWORD,
                        "rabbitmq.partitions",
                        "3",
                        "presence.grace",
                        "1s"));
    }
}
