package io.roomcast.relay;

import io.roomcast.metrics.NodeMetrics;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/** Makes the relay that {@code roomcast.relay} names, and the presence that goes with it. */
public interface RelayProvider {

    /**
     * What a relay is lent.
     *
     * @param node name of this node
     * @param loops makes threads that live until the relay is closed
     * @param timer runs short tasks that never block
     * @param nanoClock as {@link System#nanoTime}
     * @param metrics counts gaps and reconnects
     */
    record Context(
            String node,
            HistoryLimits history,
            ThreadFactory loops,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            NodeMetrics metrics) {}

    /** To be closed with the presence first. */
    record Opened(Relay relay, PresenceStore presence) {}

    /** The value of {@code roomcast.relay} that chooses this one. */
    String name();

    /** Called once. Nothing need be reachable yet. */
    Opened open(Context context);
}
