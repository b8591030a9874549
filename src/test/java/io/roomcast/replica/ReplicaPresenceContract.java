package io.roomcast.replica;

import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceContractTest;
import io.roomcast.relay.PresenceStore;
import io.roomcast.support.RecordedPresence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Presence of several nodes over a log, also of nodes that end. */
public abstract class ReplicaPresenceContract extends PresenceContractTest {
    private final List<ReplicaNode> nodes = new ArrayList<>();
    protected ReplicaNode node;

    /** A log that is read for the first time. */
    protected abstract AppendLog connect();

    protected final ReplicaNode node() {
        ReplicaNode next = new ReplicaNode(connect(), "test", NAMES);
        nodes.add(next);
        return next;
    }

    @BeforeEach
    void startNode() {
        node = node();
    }

    @AfterEach
    void stopNodes() {
        nodes.forEach(ReplicaNode::close);
    }

    @Override
    protected PresenceStore presence() {
        return node.store;
    }

    @Override
    protected RecordedPresence told() {
        return node.told;
    }

    protected final void assertNothingWrong() {
        nodes.forEach(each -> Assertions.assertEquals(List.of(), each.told.wrong()));
    }

    @Test
    void twoNodesAreToldTheSameInTheSameOrder() {
        ReplicaNode other = node();
        node.watch(room);
        other.watch(room);
        for (int i = 0; i < 10; i++) {
            node.enter(room, "ann");
            other.enter(room, "bob");
            node.leave(room, "ann");
            other.leave(room, "bob");
        }
        other.enter(room, "cem");
        node.told.awaitList(room, new UserId("cem"));
        other.told.awaitList(room, new UserId("cem"));
        Assertions.assertEquals(node.told.changes(room), other.told.changes(room));
        assertNothingWrong();
    }

    @Test
    void aUserOnTwoNodesLeavesWithTheLast() {
        ReplicaNode other = node();
        node.watch(room);
        node.enter(room, "ann");
        other.enter(room, "ann");
        node.leave(room, "ann");
        other.leave(room, "ann");
        node.told.awaitChanges(room, "+ann", "-ann");
    }

    @Test
    void theUsersOfANodeThatVanishedLeaveOnce() {
        ReplicaNode third = node();
        ReplicaNode gone = node();
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
}
