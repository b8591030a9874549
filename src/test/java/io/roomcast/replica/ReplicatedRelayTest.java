package io.roomcast.replica;

import io.roomcast.support.SettableClock;
import java.time.Duration;

/** The contract of relays, over a log in memory. */
class ReplicatedRelayTest extends LogRelayContract {
    private final SettableClock clock = new SettableClock();
    private final MemoryBroker broker = new MemoryBroker(clock);

    @Override
    protected AppendLog connect() {
        return broker.connect();
    }

    @Override
    protected void pass(Duration age) {
        clock.advance(age.plusMillis(1));
    }
}
