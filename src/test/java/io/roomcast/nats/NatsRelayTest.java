package io.roomcast.nats;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.support.Stages;
import io.roomcast.support.nats.NatsProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class NatsRelayTest extends RelayContractTest {
    private static NatsProcess nats;

    @BeforeAll
    static void startNats() {
        nats = NatsProcess.launch();
    }

    @AfterAll
    static void stopNats() {
        if (nats != null) {
            nats.close();
        }
    }

    @Override
    protected Relay create(HistoryLimits.Rule limits) {
        return new NatsRelay(
                NatsSettings.of(List.of(nats.uri())),
                limits,
                "test",
                Thread::new,
                timer,
                System::nanoTime,
                new NodeMetrics());
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
