package io.roomcast.relay;

import io.roomcast.metrics.NodeMetrics;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/** Makes a relay and its presence store. The setting {@code roomcast.relay} selects the provider by its name. */
public interface RelayProvider {

    /**
     * What the node provides to a relay. The relay does not close these objects.
     *
     * @param node name of this node
     * @param history limits of each room's history
     * @param loopThreads makes the long-running threads, which run until the relay is closed
     * @param timer runs short tasks that must not block
     * @param nanoClock as {@link System#nanoTime}
     * @param metrics counts gaps and reconnects
     */
    record Context(
            String node,
            HistoryLimits.Rule history,
            ThreadFactory loopThreads,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            NodeMetrics metrics) {}

    /**
     * A relay, its presence store and its exchange. The presence store must be closed first.
     *
     * @param archive where the relay keeps messages longer, if it does; the relay closes it
     * @param records what a broker keeps beside the archive, if there are both
     */
    record RelayAndPresence(
            Relay relay,
            PresenceStore presence,
            NodeExchange exchange,
            Optional<Archive> archive,
            Optional<RelayRecords> records) {
        public RelayAndPresence(Relay relay, PresenceStore presence, NodeExchange exchange) {
            this(relay, presence, exchange, Optional.empty(), Optional.empty());
        }
    }

    /** The value of {@code roomcast.relay} that selects this provider. */
    String name();

    /** Makes the relay. Called once. The servers of the relay may still be unreachable. */
    RelayAndPresence open(Context context);
}
