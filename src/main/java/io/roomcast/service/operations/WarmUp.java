package io.roomcast.service.operations;

import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Exercises the code of a node before the node is ready. The JVM first interprets code, and compiles what is used often.
 * Without a warm-up the first clients pay for that: they cost several times the CPU of later ones.
 *
 * <p><b>Concurrency.</b> One thread plays the {@link Rehearsal}. The timer ends the warm-up if that thread takes much
 * longer than {@code roomcast.warmup}. So a warm-up that fails or hangs never keeps a node from getting ready.
 */
@ApplicationScoped
public class WarmUp {
    private static final Logger LOG = System.getLogger(WarmUp.class.getName());

    /** How much longer than configured a warm-up may take: its last round, and the end of what it has opened. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How long a stop waits for the end of a round. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Readiness readiness;
    private Threads threads;
    private Clocks clocks;
    private Duration duration;
    private volatile Thread player;

    /** For the container's proxy. */
    protected WarmUp() {}

    @Inject
    public WarmUp(Readiness readiness, Threads threads, Clocks clocks, RoomcastConfig config) {
        this.readiness = readiness;
        this.threads = threads;
        this.clocks = clocks;
        this.duration = config.get(OperationKeys.WARMUP);
    }

    /**
     * Begins to warm up, if this is configured, and returns at once. To be called once, before the node can get ready.
     *
     * @param opening opens the rehearsal, on the thread that plays it
     */
    public void start(Callable<Rehearsal> opening) {
        if (duration.isZero()) {
            ended.complete(null);
            return;
        }
        LOG.log(Level.INFO, "The node warms up for " + OperationKeys.WARMUP.textOf(duration));
        readiness.setWarming(true);
        var unused = ended.whenComplete((none, failure) -> readiness.setWarming(false));
        player = threads.loopThreads().newThread(() -> play(opening));
        player.start();
        var unusedTask = threads.timer()
                .schedule(this::endOverdue, duration.plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns when the node does not warm up any more. */
    public void await() {
        ended.join();
    }

    /**
     * Ends the warm-up early, because the node stops. Waits for the end of the round that is played, but not for long.
     * Does not interrupt it, because a server that is interrupted while it closes leaves connections open.
     */
    public void stop() {
        ended.complete(null);
        Thread thread = player;
        if (thread != null) {
            try {
                thread.join(STOP_TIMEOUT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void endOverdue() {
        if (!ended.isDone()) {
            LOG.log(Level.WARNING, "The warm-up does not end; the node gets ready without it");
            ended.complete(null);
        }
    }

    private void play(Callable<Rehearsal> opening) {
        long started = clocks.nanos().getAsLong();
        int connections = 0;
        try {
            try (Rehearsal rehearsal = opening.call()) {
                do {
                    connections += rehearsal.playRound();
                } while (!ended.isDone() && clocks.nanos().getAsLong() - started < duration.toNanos());
            }
            logEnd(connections, clocks.nanos().getAsLong() - started);
        } catch (Exception | LinkageError e) {
            if (!ended.isDone()) {
                LOG.log(Level.WARNING, "The warm-up failed; the node gets ready without it", e);
            }
        } finally {
            ended.complete(null);
        }
    }

    private void logEnd(int connections, long nanos) {
        if (!ended.isDone()) {
            LOG.log(
                    Level.INFO,
                    "The warm-up took " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms (connections: " + connections
                            + ")");
        }
    }
}
