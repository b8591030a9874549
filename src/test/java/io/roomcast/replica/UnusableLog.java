package io.roomcast.replica;

import static io.roomcast.support.Stages.assertUnavailable;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayFixture;
import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.RecordingListener;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.logging.Level;

/** A log whose broker does not serve the node. */
public final class UnusableLog {
    private UnusableLog() {}

    /**
     * Asserts that a relay over the log serves nobody, and that the node says why.
     *
     * @param why a part of a warning
     * @return all that the node said
     */
    public static List<String> assertSays(AppendLog log, String why) {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (CapturedLog said = CapturedLog.of("io.roomcast.replica")) {
            Relay relay = new ReplicatedRelay(
                    log,
                    ReplicaNode.limits(RelayFixture.PLENTY.everywhere()),
                    "test",
                    timer,
                    System::nanoTime,
                    new NodeMetrics());
            relay.start(new RecordingListener());
            Await.until(
                    "the log says why",
                    () -> said.messages(Level.WARNING).stream().anyMatch(line -> line.contains(why)));
            assertUnavailable(relay.publish(new RoomName("lobby"), null, new byte[1]));
            assertUnavailable(relay.probe());
            relay.close();
            return said.messages(Level.WARNING);
        } finally {
            timer.shutdownNow();
        }
    }
}
