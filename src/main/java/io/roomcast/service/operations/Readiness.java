package io.roomcast.service.operations;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.relay.Relay;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Whether this node delivers. Proved every two seconds by a probe that travels through the relay and back; asking costs nothing. Any
 * thread.
 */
@ApplicationScoped
public class Readiness {
    private static final long PROBE_SECONDS = 2;
    /** A probe that takes longer than this has failed. */
    private static final long PROOF_SECONDS = 2;

    /** Why a node is not ready; {@code READY} when it is. */
    public enum State {
        READY,
        STARTING,
        RELAY,
        DRAINING
    }

    /**
     * A probe that has ended.
     *
     * @param nanos that it took
     */
    public record Probe(Instant ended, long nanos, boolean cameBack) {}

    private Relay relay;
    private Threads threads;
    private Clocks clocks;
    private NodeMetrics metrics;
    private ScheduledFuture<?> timer;
    private volatile State state = State.STARTING;
    private volatile boolean draining;
    private volatile Probe lastProbe;

    /** For the container's proxy. */
    protected Readiness() {}

    @Inject
    public Readiness(Relay relay, Threads threads, Clocks clocks, NodeMetrics metrics) {
        this.relay = relay;
        this.threads = threads;
        this.clocks = clocks;
        this.metrics = metrics;
    }

    public State state() {
        return draining ? State.DRAINING : state;
    }

    /** Whether the last probe came back, also while the node drains. */
    public boolean relayAnswers() {
        return state == State.READY;
    }

    /** Null before the first one has ended. */
    public Probe lastProbe() {
        return lastProbe;
    }

    public void start() {
        probe();
        timer = threads.timer().scheduleWithFixedDelay(this::probe, PROBE_SECONDS, PROBE_SECONDS, TimeUnit.SECONDS);
    }

    /** Whether load balancers should send no new clients. */
    void drain(boolean drains) {
        draining = drains;
    }

    public void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void probe() {
        long started = clocks.nanos().getAsLong();
        var unused = threads.within(PROOF_SECONDS, relay.probe()).whenComplete((proof, failure) -> {
            lastProbe = new Probe(clocks.wall().instant(), clocks.nanos().getAsLong() - started, failure == null);
            if (failure == null) {
                metrics.record(Latency.PROBE, clocks.nanos().getAsLong() - started);
            } else {
                metrics.increment(Counter.PROBES_FAILED);
            }
            state = failure == null ? State.READY : State.RELAY;
        });
    }
}
