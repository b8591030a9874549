package io.roomcast.http;

import io.roomcast.config.HttpKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * HTTP requests of a server that answers them with threads that wait for the client to take the answer: as many at a time as leave half of its threads to
 * handshakes, and to those who ask for its health. A few more wait a moment for their turn; the next is told to come again.
 *
 * <p>Any thread of the server; who waits takes turns in the order of arrival.
 */
@ApplicationScoped
public class RequestTurns {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** What a server does of a request while it is being filtered. */
    @FunctionalInterface
    interface Work {
        void go() throws IOException, ServletException;
    }

    private final NodeMetrics metrics;
    private final int limit;
    private final Duration patience;
    /** Null until the server's threads are known; guarded by this. */
    private Semaphore turns;

    private int mostWaiting;

    /** For the container's proxy. */
    protected RequestTurns() {
        this(null, 0, PATIENCE);
    }

    @Inject
    public RequestTurns(RoomcastConfig config, NodeMetrics metrics) {
        this(metrics, config.get(HttpKeys.REQUESTS), PATIENCE);
    }

    /** @param limit however many threads there are; 0 for none */
    RequestTurns(NodeMetrics metrics, int limit, Duration patience) {
        this.metrics = metrics;
        this.limit = limit;
        this.patience = patience;
    }

    /**
     * @param threads that the server has for all requests; 0 where they do not wait for clients
     * @return false when its turn did not come, and nothing was done
     */
    boolean take(int threads, Work work) throws IOException, ServletException {
        if (limit == 0 || threads == 0) {
            work.go();
            return true;
        }
        Semaphore current = turns(threads);
        if (!hasTurn(current)) {
            metrics.limitReached(HttpKeys.REQUESTS.name());
            return false;
        }
        try {
            work.go();
            return true;
        } finally {
            current.release();
        }
    }

    private synchronized Semaphore turns(int threads) {
        if (turns == null) {
            turns = new Semaphore(Math.max(1, Math.min(limit, threads / 2)), true);
            mostWaiting = threads / 4;
        }
        return turns;
    }

    private boolean hasTurn(Semaphore current) {
        try {
            return current.tryAcquire()
                    || current.getQueueLength() < mostWaiting
                            && current.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
