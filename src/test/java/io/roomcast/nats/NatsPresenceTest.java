package io.roomcast.nats;

import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceContractTest;
import io.roomcast.relay.PresenceStore;
import io.roomcast.support.RecordedPresence;
import io.roomcast.support.nats.NatsProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Presence of several nodes, also of nodes that end, and when NATS loses everything. */
class NatsPresenceTest extends PresenceContractTest {
    private static final Duration LEASE = Duration.ofSeconds(2);

    private static NatsProcess nats;

    private final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<NatsNode> nodes = new ArrayList<>();
    private NatsNode node;

    @BeforeAll
    static void startNats() {
        nats = NatsProcess.launch();
    }

    @AfterAll
    static void stopNats() {
        if (nats != null) {
            nats.close();
        }
    }

    private NatsNode node() {
        NatsNode next = new NatsNode(NatsSettings.of(List.of(nats.uri())).withPrefix(prefix), "test", LEASE, NAMES);
        NatsNode.awaitConnected(next.relay);
        nodes.add(next);
        return next;
    }

    @BeforeEach
    void startNode() {
        node = node();
    }

    @AfterEach
    void stopNodes() {
        nodes.forEach(NatsNode::close);
    }

    @Override
    protected PresenceStore presence() {
        return node.store;
    }

    @Override
    protected RecordedPresence told() {
        return node.told;
    }

    private void assertNothingWrong() {
        nodes.forEach(each -> Assertions.assertEquals(List.of(), each.told.wrong()));
    }

    @Test
    void twoNodesAreToldTheSameInTheSameOrder() {
        NatsNode other = node();
        node.watch(room);
        other.watch(room);
        for (int i = 0; i < 10; i++) {
            node.enter(room, "ann");
            other.enter(room, "bob");
            node.leave(room, "ann");
            other.leave(room, "bob");
        }
        node.told.awaitList(room);
        other.enter(room, "cem");
        node.told.awaitList(room, new UserId("cem"));
        other.told.awaitList(room, new UserId("cem"));
        Assertions.assertEquals(node.told.changes(room), other.told.changes(room));
        assertNothingWrong();
    }

    @Test
    void aUserOnTwoNodesLeavesWithTheLast() {
        NatsNode other = node();
        node.watch(room);
        node.enter(room, "ann");
        other.enter(room, "ann");
        node.leave(room, "ann");
        other.leave(room, "ann");
        node.told.awaitChanges(room, "+ann", "-ann");
    }

    @Test
    void theUsersOfANodeThatVanishedLeaveOnce() {
        NatsNode third = node();
        NatsNode gone = node();
        node.watch(room);
        third.watch(room);
        node.enter(room, "ann");
        third.enter(room, "cem");
        gone.enter(room, "bob");
        node.told.awaitChanges(room, "+ann", "+cem", "+bob");
        nodes.remove(gone);
        gone.vanish();
        node.told.awaitChanges(room, "+ann", "+cem", "+bob", "-bob");
        third.told.awaitList(room, ANN, new UserId("cem"));
        assertNothingWrong();
    }

    @Test
    void nobodyIsToldToLeaveWhenNatsHasLostPresence() {
        NatsNode other = node();
        node.watch(room);
        other.watch(room);
        node.enter(room, "ann");
        other.enter(room, "bob");
        node.told.awaitChanges(room, "+ann", "+bob");
        nats.kill(); // The presence of rooms is in its memory.
        nats.start();
        node.enter(room, "cem");
        node.told.awaitList(room, ANN, BOB, new UserId("cem"));
        other.told.awaitList(room, ANN, BOB, new UserId("cem"));
        other.leave(room, "bob");
        node.told.awaitList(room, ANN, new UserId("cem"));
        Assertions.assertEquals(List.of("+ann", "+bob", "+cem", "-bob"), node.told.changes(room));
        assertNothingWrong();
    }
}
