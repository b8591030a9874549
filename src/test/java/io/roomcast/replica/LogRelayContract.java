package io.roomcast.replica;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.support.Stages;
import java.time.Duration;

/** The contract of relays, over a log. */
public abstract class LogRelayContract extends RelayContractTest {
    /** A connection to a log. */
    protected abstract AppendLog connect();

    @Override
    protected Relay create(HistoryLimits.Rule limits) {
        return new ReplicatedRelay(
                connect(), ReplicaNode.limits(limits), "test", timer, System::nanoTime, new NodeMetrics());
    }

    @Override
    protected void start(HistoryLimits.Rule limits) {
        super.start(limits);
        Stages.untilAnswered(relay::probe);
    }

    @Override
    protected void pass(Duration age) {
        awaitOld();
    }
}
