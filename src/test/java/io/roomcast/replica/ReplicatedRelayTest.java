package io.roomcast.replica;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.support.SettableClock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;

/** The contract of relays, over a log in memory. */
class ReplicatedRelayTest extends RelayContractTest {
    private final SettableClock clock = new SettableClock();
    private final MemoryBroker broker = new MemoryBroker(clock);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    @Override
    protected Relay create(HistoryLimits.Rule limits) {
        return new ReplicatedRelay(
                broker.connect(), ReplicaNode.limits(limits), "test", timer, System::nanoTime, new NodeMetrics());
    }

    @Override
    protected void start(HistoryLimits.Rule limits) {
        super.start(limits);
        ReplicaNode.awaitLive(relay);
    }

    @Override
    protected void pass(Duration age) {
        clock.advance(age.plusMillis(1));
    }
}
