package io.roomcast.replica;

import java.time.InstantSource;

class MemoryLogTest extends AppendLogContractTest {
    private final MemoryBroker broker = new MemoryBroker(InstantSource.system());

    @Override
    protected AppendLog connect() {
        return broker.connect();
    }
}
