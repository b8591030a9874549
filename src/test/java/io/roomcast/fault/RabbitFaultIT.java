package io.roomcast.fault;

import io.roomcast.support.Await;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.RoomClient;
import io.roomcast.support.rabbitmq.RabbitProcess;
import io.roomcast.support.workload.Event;
import io.roomcast.support.workload.MemberList;
import io.roomcast.support.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
            standStill(b, a, workload);
            faults.goOn();
            faults.killNode();
            faults.checkPromises();
        }
    }

    /** A node stands still until the other takes it for dead. */
    private static void standStill(NodeProcess node, NodeProcess other, Workload workload) {
        String room = "watched";
        try (RoomClient guest = RoomClient.enter(node.http("/"), room, "guest")) {
            Await.until("the guest at both", () -> Set.of("guest").equals(MemberList.of(other::webSocket, room)));
            guest.flush();
            node.pause();
            awaitInStandstill("the guest has left", Set.of(), other, room, workload);
            node.resume();
            awaitInStandstill("the guest is there again", Set.of("guest"), other, room, workload);
        }
    }

    /** Until its users are back, they may be told to leave, in any room and at any moment. */
    private static void awaitInStandstill(
            String what, Set<String> members, NodeProcess other, String room, Workload workload) {
        Await.until(what, 30, () -> {
            workload.log().add(new Event.StoodStill(System.nanoTime()));
            return members.equals(MemberList.of(other::webSocket, room));
        });
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
