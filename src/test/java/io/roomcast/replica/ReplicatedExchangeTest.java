package io.roomcast.replica;

import io.roomcast.relay.NodeExchangeContractTest;
import java.time.InstantSource;

class ReplicatedExchangeTest extends NodeExchangeContractTest {
    private final MemoryBroker broker = new MemoryBroker(InstantSource.system());

    @Override
    protected Joined join(String name) {
        return new ReplicaNode(broker.connect(), name, 10).joined();
    }
}
