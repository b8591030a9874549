package io.roomcast.service.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.local.LocalRelay;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.node.Warnings;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.HeldAnswers;
import io.roomcast.support.ManualTimer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
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
        HistoryLimits.Rule history = new HistoryLimits(10, Duration.ofHours(1), 1 << 20).everywhere();
        HeldAnswers<Relay> relay = new HeldAnswers<>(
                Relay.class, new LocalRelay(history, 1 << 20, new Clocks(timer, timer::nanos).wall(), timer));
        Readiness readiness = new Readiness(
                relay.store,
                new Threads(lanes.executor, timer, Thread::new),
                new Clocks(timer, timer::nanos),
                new NodeMetrics(),
                new Warnings(new Clocks(timer, timer::nanos)),
                RoomcastConfig.load(key -> Optional.empty(), Set.of()));
        readiness.start();
        assertEquals(Readiness.State.READY, readiness.state());
        relay.hold("probe");
        timer.advance(5_000);
        assertEquals(Readiness.State.RELAY_UNAVAILABLE, readiness.state());
    }

    @Test
    void theLogTellsWhenItIsLostAndBack() {
        ManualTimer timer = new ManualTimer();
        Clocks clocks = new Clocks(timer, timer::nanos);
        HeldAnswers<Relay> relay = new HeldAnswers<>(
                Relay.class,
                new LocalRelay(
                        new HistoryLimits(10, Duration.ofHours(1), 1 << 20).everywhere(),
                        1 << 20,
                        clocks.wall(),
                        timer));
        Readiness readiness = new Readiness(
                relay.store,
                new Threads(Runnable::run, timer, Thread::new),
                clocks,
                new NodeMetrics(),
                new Warnings(clocks),
                RoomcastConfig.load(key -> Optional.empty(), Set.of()));
        try (CapturedLog log = CapturedLog.of("io.roomcast")) {
            readiness.start();
            relay.hold("probe");
            timer.advance(10_000);
            relay.holdNothing();
            timer.advance(3_000);
            List<String> lines = log.messages(Level.INFO);
            assertEquals(3, lines.size(), lines::toString);
            assertEquals("The node is ready", lines.get(0));
            assertEquals("The node is not ready: a probe did not come back through the relay", lines.get(1));
            assertTrue(lines.get(2).matches("The node is ready again, after 1\\d000 ms"), lines.get(2));
        }
    }
}
