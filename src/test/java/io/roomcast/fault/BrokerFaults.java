package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Await;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.RoomClient;
import io.roomcast.support.machine.BrokerProcess;
import io.roomcast.support.workload.Event;
import io.roomcast.support.workload.MemberList;
import io.roomcast.support.workload.Workload;
import java.util.List;
import java.util.Set;

/** What happens to a broker and to two nodes over it, under a workload on both. */
record BrokerFaults(NodeProcess a, NodeProcess b, Workload workload) {
    private static final long PATIENCE_SECONDS = 60;
    private static final long PRESENCE_SECONDS = 20;
    private static final long STANDSTILL_SECONDS = 30;

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

    /** Node b stands still until node a takes it for dead. */
    void pauseNode() {
        String room = "watched";
        try (RoomClient guest = RoomClient.enter(b.http("/"), room, "guest")) {
            Await.until("the guest at both", () -> Set.of("guest").equals(MemberList.of(a::webSocket, room)));
            guest.flush();
            b.pause();
            awaitInStandstill("the guest has left", Set.of(), room);
            b.resume();
            awaitInStandstill("the guest is there again", Set.of("guest"), room);
        }
        goOn();
    }

    /** Until its users are back, they may be told to leave, in any room and at any moment. */
    private void awaitInStandstill(String what, Set<String> members, String room) {
        Await.until(what, STANDSTILL_SECONDS, () -> {
            workload.log().add(new Event.StoodStill(System.nanoTime()));
            return members.equals(MemberList.of(a::webSocket, room));
        });
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
