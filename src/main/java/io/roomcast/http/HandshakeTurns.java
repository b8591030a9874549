package io.roomcast.http;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * As many handshakes at a time as there are cores. WildFly has sixteen threads for a core, and takes a crowd with all of them: those that carry
 * messages then wait for the core behind every one. Its handshakes are work only, they wait for nobody, so with fewer at a time they are done no later.
 *
 * <p>Any thread of the server; who waits takes turns in the order of arrival.
 */
@ApplicationScoped
public class HandshakeTurns {
    /** More than thousands of handshakes take. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What a server does of a handshake while the request is being filtered. */
    @FunctionalInterface
    interface Handshake {
        void go() throws IOException, ServletException;
    }

    private final Semaphore turns;
    private final NodeMetrics metrics;
    private final Duration patience;

    /** For the container's proxy. */
    protected HandshakeTurns() {
        this(null);
    }

    @Inject
    public HandshakeTurns(NodeMetrics metrics) {
        this(metrics, Runtime.getRuntime().availableProcessors(), PATIENCE);
    }

    HandshakeTurns(NodeMetrics metrics, int atOnce, Duration patience) {
        this.metrics = metrics;
        this.turns = new Semaphore(atOnce, true);
        this.patience = patience;
    }

    /** @return false when its turn did not come, and nothing was done */
    boolean take(Handshake handshake) throws IOException, ServletException {
        if (!hasTurn()) {
            return false;
        }
        try {
            handshake.go();
            return true;
        } finally {
            turns.release();
        }
    }

    private boolean hasTurn() {
        try {
            boolean comes = turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!comes) {
                metrics.refused(ErrorCode.BUSY.wire());
            }
            return comes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
