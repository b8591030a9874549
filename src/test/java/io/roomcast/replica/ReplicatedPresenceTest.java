package io.roomcast.replica;

import io.roomcast.relay.PresenceOfNodesContract;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Presence over a log in memory, also when the log is lost. */
class ReplicatedPresenceTest extends PresenceOfNodesContract<ReplicaNode> {
    private final MemoryBroker broker = new MemoryBroker(InstantSource.system());

    @Override
    protected ReplicaNode connect() {
        return new ReplicaNode(broker.connect(), "test", NAMES);
    }

    @Test
    void nobodyIsToldToLeaveWhenTheLogIsLost() {
        nobodyIsToldToLeaveWhen(broker::lose);
    }
}
