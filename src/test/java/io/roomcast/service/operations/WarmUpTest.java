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
import io.roomcast.support.CapturedLog;
import io.roomcast.support.ManualTimer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private final ManualTimer timer = new ManualTimer();
    private final Clocks clocks = new Clocks(timer, timer::nanos);
    private final Threads threads = new Threads(Runnable::run, timer, Thread::new);
    private final Readiness readiness = new Readiness(
            new LocalRelay(
                    new HistoryLimits(10, Duration.ofHours(1), 1 << 20).everywhere(), 1 << 20, clocks.wall(), timer),
            threads,
            clocks,
            new NodeMetrics(),
            new Warnings(clocks),
            RoomcastConfig.load(key -> Optional.empty(), Set.of()));

    private WarmUp warmUp(String duration) {
        Map<String, String> texts = Map.of("roomcast.warmup", duration);
        return new WarmUp(
                readiness,
                threads,
                clocks,
                RoomcastConfig.load(key -> Optional.ofNullable(texts.get(key)), texts.keySet()));
    }

    /** Plays rounds of a second each. */
    private final class Crowd implements Rehearsal {
        private final AtomicBoolean closed = new AtomicBoolean();
        private int rounds;

        @Override
        public int playRound() {
            assertEquals(Readiness.State.WARMING, readiness.state());
            rounds++;
            timer.standStill(1_000);
            return 60;
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    @Test
    void theNodeIsReadyAfterTheTimeHasPassed() {
        Crowd crowd = new Crowd();
        try (CapturedLog log = CapturedLog.of("io.roomcast")) {
            WarmUp warmUp = warmUp("5s");
            CountDownLatch probed = new CountDownLatch(1);
            warmUp.start(() -> {
                probed.await();
                return crowd;
            });
            readiness.start();
            assertEquals(Readiness.State.WARMING, readiness.state());
            probed.countDown();
            warmUp.await();
            assertEquals(Readiness.State.READY, readiness.state());
            assertTrue(crowd.closed.get());
            assertEquals(5, crowd.rounds);
            assertEquals(
                    List.of(
                            "The node warms up for 5s",
                            "The warm-up took 5000 ms (connections: 300)",
                            "The node is ready"),
                    log.messages(Level.INFO));
        }
    }

    @Test
    void aNodeGetsReadyWithoutAWarmUp() {
        WarmUp warmUp = warmUp("0");
        warmUp.start(() -> {
            throw new AssertionError("there is nothing to open");
        });
        readiness.start();
        warmUp.await();
        assertEquals(Readiness.State.READY, readiness.state());
    }

    @Test
    void aWarmUpThatFailsIsLoggedAndKeepsNoNodeFromGettingReady() {
        try (CapturedLog log = CapturedLog.of("io.roomcast")) {
            WarmUp warmUp = warmUp("5s");
            warmUp.start(() -> {
                throw new IOException("no port is free");
            });
            readiness.start();
            warmUp.await();
            assertEquals(Readiness.State.READY, readiness.state());
            assertEquals(List.of("The warm-up failed; the node gets ready without it"), log.messages(Level.WARNING));
        }
    }

    @Test
    void aWarmUpThatHangsKeepsNoNodeFromGettingReady() throws InterruptedException {
        CountDownLatch hanging = new CountDownLatch(1);
        try (CapturedLog log = CapturedLog.of("io.roomcast")) {
            WarmUp warmUp = warmUp("5s");
            warmUp.start(() -> {
                hanging.await();
                throw new IOException("too late to be told");
            });
            readiness.start();
            timer.advance(14_000);
            assertEquals(Readiness.State.WARMING, readiness.state());
            timer.advance(2_000);
            assertEquals(Readiness.State.READY, readiness.state());
            hanging.countDown();
            warmUp.stop();
            assertEquals(
                    List.of("The warm-up does not end; the node gets ready without it"), log.messages(Level.WARNING));
        }
    }
}
