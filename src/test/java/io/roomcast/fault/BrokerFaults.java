package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.CuttableProxy;
import io.roomcast.support.machine.BrokerProcess;
import io.roomcast.support.workload.Workload;
import java.util.List;

/** What happens to a broker and to two nodes over it, under a workload on both. */
record BrokerFaults(NodeProcess a, NodeProcess b, Workload workload) {
    private static final long PATIENCE_SECONDS = 60;
    private static final long PRESENCE_SECONDS = 20;

    void goOn() {
        workload.awaitAcks(200, PATIENCE_SECONDS);
    }

    /** The broker is killed, and stands still. Then node a loses its connections. */
    void breakBroker(BrokerProcess broker, CuttableProxy wayOfA) {
        broker.kill();
        a.awaitReady(false);
        broker.start();
        a.awaitReady(true);
        goOn();

        broker.pause();
        b.awaitReady(false);
        broker.resume();
        goOn();

        wayOfA.cut();
        a.awaitReady(false);
        wayOfA.mend();
        a.awaitReady(true);
        goOn();
    }

    void killNode() {
        b.kill();
        goOn();
        b.start();
        goOn();
    }

    void checkPromises() {
        workload.quiesce(Cluster.WINDOW, PATIENCE_SECONDS);
        workload.awaitPresence(List.of(a::webSocket, b::webSocket), PRESENCE_SECONDS);
        assertEquals(List.of(), workload.violations(Cluster.WINDOW));
    }
}
