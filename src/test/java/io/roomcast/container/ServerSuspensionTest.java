package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Author;
import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.service.operations.Drain;
import io.roomcast.service.operations.Drain.State;
import io.roomcast.service.operations.Readiness;
import io.roomcast.service.session.SessionRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.management.AttributeChangeNotification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What WildFly's MBean tells of its state is done with the sessions. */
class ServerSuspensionTest {
    private static final Duration WINDOW = Duration.ofHours(1);

    private final RoomcastConfig config = RoomcastConfig.load(key -> Optional.empty(), List.of());
    private final NodeMetrics metrics = new NodeMetrics();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    /** Without a pool, so that a drain of nobody goes on. */
    private final Threads threads = new Threads(task -> {}, timer, Thread::new);

    private final Drain drain = new Drain(
            new SessionRegistry(
                    new ServerFrameWriter(),
                    metrics,
                    new Limits(config, metrics),
                    new RunningTime(System::nanoTime),
                    threads,
                    new RoomSettings(config, new Limits(config, metrics)),
                    new Warnings(Clocks.system())),
            new Readiness(
                    null,
                    threads,
                    Clocks.system(),
                    metrics,
                    new Warnings(Clocks.system()),
                    RoomcastConfig.load(key -> Optional.empty(), Set.of())),
            threads,
            Clocks.system(),
            config);
    private final ServerSuspension suspension = new ServerSuspension(drain);

    @AfterEach
    void endTimer() {
        timer.shutdownNow();
    }

    private void change(String attribute, String before, String after) {
        suspension.handleNotification(
                new AttributeChangeNotification(this, 1, 1, "", attribute, "java.lang.String", before, after), null);
    }

    private State state() {
        return drain.progress().state();
    }

    @Test
    void drainsFromTheSuspensionToTheResumption() {
        // The notifications may overtake each other.
        change("RunningState", "suspending", "suspended");
        change("RunningState", "normal", "suspending");
        assertEquals(State.DRAINING, state());
        change("RunningState", "suspended", "normal");
        assertEquals(State.OFF, state());
        change("RunningState", "normal", "suspended");
        assertEquals(State.DRAINING, state());
    }

    @Test
    void leavesTheDrainOfAnOperatorAlone() {
        drain.drain(WINDOW, Author.console(null));
        change("RunningState", "normal", "suspending");
        assertEquals(WINDOW.toMillis(), drain.progress().windowMs());
        change("RunningState", "suspended", "normal");
        assertEquals(State.DRAINING, state());
    }

    @Test
    void leavesTheDrainAloneThatAnOperatorStartsMeanwhile() {
        change("RunningState", "normal", "suspending");
        drain.drain(WINDOW, Author.console(null));
        change("RunningState", "suspended", "normal");
        assertEquals(State.DRAINING, state());
        assertEquals(WINDOW.toMillis(), drain.progress().windowMs());
        drain.undrain(Author.console(null));
        change("RunningState", "normal", "suspending");
        change("RunningState", "suspended", "normal");
        assertEquals(State.OFF, state());
    }

    @Test
    void leavesTheEndOfTheNodeAlone() {
        change("RunningState", "normal", "suspending");
        drain.stop(WINDOW);
        change("RunningState", "suspended", "normal");
        assertEquals(State.STOPPING, state());
    }

    @Test
    void doesNotDrainWhileTheServerStarts() {
        change("ProcessState", "normal", "suspended");
        change("RunningState", "starting", "suspended");
        assertEquals(State.OFF, state());
        drain.drain(WINDOW, Author.console(null));
        change("RunningState", "suspended", "normal");
        assertEquals(State.DRAINING, state());
    }
}
