package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.workload.Workload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One node that is alone: clients come and go, and the node itself is stopped, killed and started again. */
class SingleNodeFaultIT {
    private static final int WINDOW = 10_000;
    private static final long PATIENCE_SECONDS = 60;

    @Test
    void keepsItsPromisesWhileClientsAndNodeComeAndGo() {
        try (NodeProcess node = new NodeProcess("alone", Map.of("presence.grace", "1s", "data", "none")).start();
                Workload workload = new Workload(List.of(node::webSocket), 10, 4, 5, 20, 42)) {
            workload.awaitAcks(500, PATIENCE_SECONDS);
            node.stop();
            node.start();
            workload.awaitAcks(200, PATIENCE_SECONDS);
            node.kill();
            node.start();
            workload.awaitAcks(200, PATIENCE_SECONDS);
            workload.quiesce(WINDOW, PATIENCE_SECONDS);

            assertEquals(List.of(), workload.violations(WINDOW));
        }
    }
}
