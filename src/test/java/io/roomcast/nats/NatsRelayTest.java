package io.roomcast.nats;

import static io.roomcast.support.Stages.get;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.support.Await;
import io.roomcast.support.nats.NatsProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

class NatsRelayTest extends RelayContractTest {
    private static NatsProcess nats;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

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

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
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
        NatsNode.awaitConnected(relay);
    }

    /** NATS has a clock of its own: waits until the stream has no young messages any more. */
    @Override
    protected void pass(Duration age) {
        Await.until(
                "messages grow old",
                () -> get(relay.historyAfter(room, 0, 10)).messages().isEmpty());
    }
}
