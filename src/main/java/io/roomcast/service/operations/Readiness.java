package io.roomcast.service.operations;

import io.roomcast.config.ArchiveKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.node.Warnings;
import io.roomcast.relay.Relay;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Whether this node can deliver messages. Every two seconds, a probe travels through the relay and back. The methods
 * return the result of the last probe, and do not call the relay. Any thread.
 */
@ApplicationScoped
public class Readiness {
    private static final Logger LOG = System.getLogger(Readiness.class.getName());
    private static final String READY_TEXT = "The node is ready";
    private static final long PROBE_INTERVAL_SECONDS = 2;
    /** A probe that takes longer than this many seconds has failed. */
    private static final long PROBE_TIMEOUT_SECONDS = 2;

    /** Why the node is not ready, or {@code READY}. */
    public enum State {
        READY("ready"),
        /** The first probe has not ended. */
        STARTING("starting"),
        /** The node exercises its own code: {@link WarmUp}. */
        WARMING("warming"),
        /** The last probe failed. */
        RELAY_UNAVAILABLE("relay"),
        /** The archive is too far behind what the relay keeps, or the relay drops what is not archived. */
        ARCHIVE_LATE("archive"),
        DRAINING("draining");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The word that operators see for this state. */
        public String word() {
            return word;
        }
    }

    /**
     * A probe that has ended.
     *
     * @param nanos duration of the probe
     */
    public record Probe(Instant ended, long nanos, boolean cameBack) {}

    private Relay relay;
    private Threads threads;
    private Clocks clocks;
    private NodeMetrics metrics;
    private Warnings warnings;
    /** Zero if the archive is not watched. */
    private long mostLagMillis;

    private ScheduledFuture<?> probeTask;
    /** When the last probe came back; before, when the node started. */
    private volatile long readyAt;

    private volatile State state = State.STARTING;
    private volatile boolean draining;
    private volatile boolean warming;
    private volatile Probe lastProbe;

    /** For the container's proxy. */
    protected Readiness() {}

    @Inject
    public Readiness(
            Relay relay,
            Threads threads,
            Clocks clocks,
            NodeMetrics metrics,
            Warnings warnings,
            RoomcastConfig config) {
        this.mostLagMillis = config.get(ArchiveKeys.LAG).toMillis();
        this.relay = relay;
        this.threads = threads;
        this.clocks = clocks;
        this.metrics = metrics;
        this.warnings = warnings;
    }

    public State state() {
        State probed = state;
        if (draining) {
            return State.DRAINING;
        } else if (probed != State.READY) {
            return probed;
        }
        return warming ? State.WARMING : isArchiveLate() ? State.ARCHIVE_LATE : State.READY;
    }

    private boolean isArchiveLate() {
        return mostLagMillis > 0 && (metrics.isArchiveLosing() || metrics.archiveLagMillis() > mostLagMillis);
    }

    /** Whether the last probe came back. A drain does not change this. */
    public boolean relayAnswers() {
        return state == State.READY;
    }

    /** Null until the first probe has ended. */
    public Probe lastProbe() {
        return lastProbe;
    }

    public void start() {
        readyAt = clocks.nanos().getAsLong();
        probe();
        probeTask = threads.timer()
                .scheduleWithFixedDelay(this::probe, PROBE_INTERVAL_SECONDS, PROBE_INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    /** Sets whether the node drains. A node that drains is not ready, and load balancers send it no new clients. */
    void setDraining(boolean drains) {
        draining = drains;
    }

    /** Sets whether the node warms up. To be set before {@link #start}; then until it ends. */
    void setWarming(boolean warms) {
        boolean ends = warming && !warms;
        warming = warms;
        if (ends && state == State.READY) {
            LOG.log(Level.INFO, READY_TEXT);
        }
    }

    public void stop() {
        if (probeTask != null) {
            probeTask.cancel(false);
        }
    }

    private void probe() {
        long started = clocks.nanos().getAsLong();
        // On the timer's thread, because a node whose pool is stuck must not stay ready.
        var unused = threads.within(PROBE_TIMEOUT_SECONDS, relay.probe(), Runnable::run)
                .whenComplete((cameBack, failure) -> {
                    lastProbe =
                            new Probe(clocks.wall().instant(), clocks.nanos().getAsLong() - started, failure == null);
                    if (failure == null) {
                        metrics.record(Latency.PROBE, clocks.nanos().getAsLong() - started);
                    } else {
                        metrics.increment(Counter.PROBES_FAILED);
                    }
                    if (isArchiveLate()) {
                        warnings.warn(
                                "archive late",
                                () -> "The node is not ready: the archive is behind by " + metrics.archiveLagMillis()
                                        + " ms" + (metrics.isArchiveLosing() ? ", and the relay drops messages" : ""));
                    }
                    setState(failure == null ? State.READY : State.RELAY_UNAVAILABLE);
                });
    }

    private void setState(State next) {
        State before = state;
        long now = clocks.nanos().getAsLong();
        long millis = TimeUnit.NANOSECONDS.toMillis(now - readyAt);
        state = next;
        if (next == State.READY) {
            readyAt = now;
        }
        if (before == State.STARTING && next == State.READY) {
            if (!warming) {
                LOG.log(Level.INFO, READY_TEXT);
            }
        } else if (before == State.RELAY_UNAVAILABLE && next == State.READY) {
            warnings.warn("ready", () -> "The node is ready again, after " + millis + " ms");
        } else if (before != next) {
            warnings.warn("not ready", () -> "The node is not ready: a probe did not come back through the relay");
        }
    }
}
