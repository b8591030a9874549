package io.roomcast.relay;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.support.RecordedPresence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Presence of several nodes over a broker, also of nodes that end. */
public abstract class PresenceOfNodesContract<N extends PresentNode> extends PresenceContractTest {
    protected static final UserId CEM = new UserId("cem");
    protected static final UserId ID = new UserId("auth0|5f7c");
    protected static final User ANN_LEE = new User(ID, "Ann Lee", "{\"tags\":[\"a b\"]}");
    protected static final User ANNIE = new User(ID, "Annie", null);

    private final List<N> nodes = new ArrayList<>();
    protected N node;

    /** A node that is connected, with a lease of two seconds at most, and {@link #NAMES}. */
    protected abstract N connect();

    /** Another node. */
    protected final N node() {
        return add(connect());
    }

    protected final N add(N next) {
        nodes.add(next);
        return next;
    }

    protected final void vanish(N gone) {
        nodes.remove(gone);
        gone.vanish();
    }

    protected final void close(N ending) {
        nodes.remove(ending);
        ending.close();
    }

    @BeforeEach
    void startNode() {
        node = node();
    }

    @AfterEach
    void stopNodes() {
        nodes.forEach(PresentNode::close);
    }

    @Override
    protected final PresenceStore presence() {
        return node.store();
    }

    @Override
    protected final RecordedPresence told() {
        return node.told;
    }

    protected final void assertNothingWrong() {
        nodes.forEach(each -> assertEquals(List.of(), each.told.wrong()));
    }

    /** Both nodes watch the room, and have a user there. */
    protected final void nobodyIsToldToLeaveWhen(Runnable brokerLosesAll) {
        N other = node();
        node.watch(room);
        other.watch(room);
        node.enter(room, "ann");
        other.enter(room, "bob");
        node.told.awaitChanges(room, "+ann", "+bob");
        brokerLosesAll.run();
        node.enter(room, "cem");
        node.told.awaitList(room, ANN, BOB, CEM);
        other.told.awaitList(room, ANN, BOB, CEM);
        other.leave(room, "bob");
        node.told.awaitList(room, ANN, CEM);
        assertEquals(List.of("+ann", "+bob", "+cem", "-bob"), node.told.changes(room));
        assertNothingWrong();
    }

    @Test
    void twoNodesAreToldTheSameInTheSameOrder() {
        N other = node();
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
        node.told.awaitList(room, CEM);
        other.told.awaitList(room, CEM);
        assertEquals(node.told.changes(room), other.told.changes(room));
        assertNothingWrong();
    }

    @Test
    void aUserOnTwoNodesLeavesWithTheLast() {
        N other = node();
        node.watch(room);
        node.enter(room, "ann");
        other.enter(room, "ann");
        node.leave(room, "ann");
        other.leave(room, "ann");
        node.told.awaitChanges(room, "+ann", "-ann");
    }

    @Test
    void usersAreCountedOverNodes() {
        N other = node();
        assertChange(true, 1, node.store().enter(room, User.of(ANN), "s1"));
        assertChange(false, 1, other.store().enter(room, User.of(ANN), "s1"));
        assertChange(true, 2, other.store().enter(room, User.of(BOB), "s2"));
        assertRoster(2, List.of(ANN, BOB), node.store().roster(room, 10));
        assertChange(false, 2, node.store().leave(room, ANN, "s1"));
        assertChange(true, 1, other.store().leave(room, ANN, "s1"));
    }

    @Test
    void aRoomIsFullForAllNodes() {
        N other = node();
        other.watch(room);
        assertChange(true, 1, node.store().enter(room, User.of(ANN), "s1", 1));
        assertTrue(get(other.store().enter(room, User.of(BOB), "s2", 1)).isRefused());
        assertChange(false, 1, other.store().enter(room, User.of(ANN), "s3", 1));
        assertChange(false, 1, node.store().leave(room, ANN, "s1"));
        assertTrue(get(node.store().enter(room, User.of(BOB), "s4", 1)).isRefused());
        node.enter(room, User.of(ID));
        other.told.awaitTold(room, "present 0", "+ann 1", "+auth0|5f7c 2");
    }

    @Test
    void theUsersOfANodeThatVanishedLeaveOnce() {
        N gone = node();
        N third = node();
        RoomName other = new RoomName(room.value() + ".other");
        node.watch(room);
        third.watch(room);
        third.watch(other);
        node.enter(room, "ann");
        gone.enter(room, "ann");
        gone.enter(room, "bob");
        third.enter(room, "cem");
        gone.enter(other, "ann");
        node.told.awaitChanges(room, "+ann", "+bob", "+cem");
        vanish(gone);

        node.told.awaitChanges(room, "+ann", "+bob", "+cem", "-bob");
        third.told.awaitChanges(other, "+ann", "-ann");
        node.enter(room, "eve");
        third.told.awaitChanges(room, "+ann", "+bob", "+cem", "-bob", "+eve");
        third.told.awaitList(room, ANN, CEM, new UserId("eve"));
        node.awaitRoster(room, "ann", "cem", "eve");
        assertNothingWrong();
    }
}
