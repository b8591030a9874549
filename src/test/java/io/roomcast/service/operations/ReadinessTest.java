package io.roomcast.service.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.local.LocalRelay;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.support.HeldAnswers;
import io.roomcast.support.ManualTimer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadinessTest {
    /** What may be the matter with the lanes of a node that has yet to tell that it is not well. */
    private enum Lanes {
        STUCK(task -> {}),
        REFUSING(task -> {
            throw new RejectedExecutionException();
        });

        private final Executor executor;

        Lanes(Executor executor) {
            this.executor = executor;
        }
    }

    @ParameterizedTest
    @EnumSource(Lanes.class)
    void aProbeThatDoesNotComeBackIsSeenWhateverTheLanesDo(Lanes lanes) {
        ManualTimer timer = new ManualTimer();
        HistoryLimits history = new HistoryLimits(10, Duration.ofHours(1), 1 << 20);
        HeldAnswers<Relay> relay = new HeldAnswers<>(
                Relay.class, new LocalRelay(history, 1 << 20, new Clocks(timer, timer::nanos).wall(), timer));
        Readiness readiness = new Readiness(
                relay.store,
                new Threads(lanes.executor, timer, Thread::new),
                new Clocks(timer, timer::nanos),
                new NodeMetrics());
        readiness.start();
        assertEquals(Readiness.State.READY, readiness.state());
        relay.hold("probe");
        timer.advance(5_000);
        assertEquals(Readiness.State.RELAY_UNAVAILABLE, readiness.state());
    }
}
