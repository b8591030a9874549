package io.roomcast.replica;

import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.NodeExchangeContractTest;
import java.time.InstantSource;

class ReplicatedExchangeTest extends NodeExchangeContractTest {
    private final MemoryBroker broker = new MemoryBroker(InstantSource.system());

    @Override
    protected Joined join(String name) {
        ReplicaNode node = new ReplicaNode(broker.connect(), name, 10);
        return new Joined() {
            @Override
            public NodeExchange exchange() {
                return node.relay.exchange();
            }

            @Override
            public void close() {
                node.close();
            }
        };
    }
}
