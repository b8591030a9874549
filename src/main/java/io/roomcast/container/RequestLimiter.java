package io.roomcast.container;

import io.roomcast.config.HttpKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;

/**
 * HTTP requests of a server that answers them with threads that wait for the client to take the answer: as many at a time as leave half of its threads to
 * handshakes, and to those who ask for its health. A few more wait a moment for their turn; the next is told to come again.
 *
 * <p>Any thread of the server; who waits takes turns in the order of arrival.
 */
@ApplicationScoped
public class RequestLimiter {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final NodeMetrics metrics;
    private final int limit;
    private final Duration patience;
    /** Null until the server's threads are known; guarded by this. */
    private ConcurrencyLimiter turns;

    /** For the container's proxy. */
    protected RequestLimiter() {
        this(null, 0, PATIENCE);
    }

    @Inject
    public RequestLimiter(RoomcastConfig config, NodeMetrics metrics) {
        this(metrics, config.get(HttpKeys.REQUESTS), PATIENCE);
    }

    /** @param limit however many threads there are; 0 for none */
    RequestLimiter(NodeMetrics metrics, int limit, Duration patience) {
        this.metrics = metrics;
        this.limit = limit;
        this.patience = patience;
    }

    /**
     * @param threads that the server has for all requests; 0 where they do not wait for clients
     * @return false when its turn did not come, and nothing was done
     */
    boolean take(int threads, ConcurrencyLimiter.Work work) throws IOException, ServletException {
        if (limit == 0 || threads == 0) {
            work.go();
            return true;
        }
        boolean came = turns(threads).take(work);
        if (!came) {
            metrics.limitReached(HttpKeys.REQUESTS.name());
        }
        return came;
    }

    private synchronized ConcurrencyLimiter turns(int threads) {
        if (turns == null) {
            turns = new ConcurrencyLimiter(Math.max(1, Math.min(limit, threads / 2)), threads / 4, patience);
        }
        return turns;
    }
}
