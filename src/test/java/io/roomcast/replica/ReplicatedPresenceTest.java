package io.roomcast.replica;

import io.roomcast.protocol.UserId;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Presence over a log in memory, also when the log is lost. */
class ReplicatedPresenceTest extends ReplicaPresenceContract {
    private final MemoryBroker broker = new MemoryBroker(InstantSource.system());

    @Override
    protected AppendLog connect() {
        return broker.connect();
    }

    @Test
    void nobodyIsToldToLeaveWhenTheLogIsLost() {
        ReplicaNode other = node();
        node.watch(room);
        other.watch(room);
        node.enter(room, "ann");
        other.enter(room, "bob");
        node.told.awaitChanges(room, "+ann", "+bob");
        broker.lose();
        node.enter(room, "cem");
        node.told.awaitList(room, ANN, BOB, new UserId("cem"));
        other.told.awaitList(room, ANN, BOB, new UserId("cem"));
        other.leave(room, "bob");
        node.told.awaitList(room, ANN, new UserId("cem"));
        Assertions.assertEquals(List.of("+ann", "+bob", "+cem", "-bob"), node.told.changes(room));
        assertNothingWrong();
    }
}
