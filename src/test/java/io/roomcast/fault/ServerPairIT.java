package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Await;
import io.roomcast.support.DrainedClients;
import io.roomcast.support.OrderedAnswers;
import io.roomcast.support.server.Broker;
import io.roomcast.support.server.ServerNode;
import io.roomcast.support.workload.HistoryChecker;
import io.roomcast.support.workload.MemberList;
import io.roomcast.support.workload.Workload;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two application servers over one broker, of which one is killed and the other is stopped, under the workload whose
 * history is checked. The broker is another one on each server: see {@link Broker}.
 */
@Tag("server")
@Tag("own-server")
class ServerPairIT {
    private static final int WINDOW = 10_000;
    private static final long PATIENCE_SECONDS = 120;

    @Test
    void keepTheirPromisesWhileOneIsKilledAndOneIsStopped() throws Exception {
        try (Broker broker = Broker.launch(Broker.Kind.REDIS, Broker.Kind.NATS);
                ServerNode a = node("node-a", broker);
                ServerNode b = node("node-b", broker)) {
            a.start();
            b.start();
            List<Function<String, URI>> nodes = List.of(a::webSocket, b::webSocket);
            try (Workload workload = new Workload(nodes, 5, 4, 20, 100, 11)) {
                workload.awaitAcks(200, PATIENCE_SECONDS);
                OrderedAnswers.check(nodes, 11);
                a.kill();
                workload.awaitAcks(200, PATIENCE_SECONDS);
                // All are here now, and nobody is left of those who were there: their lease has run out.
                workload.awaitPresence(List.of(b::webSocket), PATIENCE_SECONDS);
                a.start();
                workload.awaitAcks(200, PATIENCE_SECONDS);
                try (DrainedClients guests = new DrainedClients(b.uri())) {
                    guests.talk();
                    b.stop();
                    assertEquals(List.of(), broker.leases("node-b"), "it gave its lease back");
                    guests.checkGoodbye();
                    Await.until(
                            "the leave of all guests",
                            PATIENCE_SECONDS,
                            () -> Set.of().equals(MemberList.of(a::webSocket, DrainedClients.ROOM)));
                }
                workload.awaitAcks(200, PATIENCE_SECONDS);
                workload.quiesce(WINDOW, PATIENCE_SECONDS);
                workload.awaitPresence(List.of(a::webSocket), PATIENCE_SECONDS);
                assertEquals(
                        List.of(),
                        new HistoryChecker(WINDOW).check(workload.log().events()));
            }
        }
    }

    private static ServerNode node(String name, Broker broker) {
        Map<String, String> settings = new HashMap<>(broker.settings());
        settings.put("roomcast.node", name);
        settings.put("roomcast.presence.grace", "1s");
        return new ServerNode(name, settings);
    }
}
