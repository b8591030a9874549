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
 * Limits concurrent HTTP requests on a server whose threads wait until the client has read the response. Half of the
 * threads stay free for handshakes and health checks. A few more requests wait for a moment, in the order of arrival.
 * Any further request is rejected with 503. Any thread of the server.
 */
@ApplicationScoped
public class RequestLimiter {
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    private final NodeMetrics metrics;
    private final int limit;
    private final Duration timeout;
    /** Null until the number of the server's threads is known; guarded by the monitor of this object. */
    private ConcurrencyLimiter limiter;

    /** For the container's proxy. */
    protected RequestLimiter() {
        this(null, 0, TIMEOUT);
    }

    @Inject
    public RequestLimiter(RoomcastConfig config, NodeMetrics metrics) {
        this(metrics, config.get(HttpKeys.REQUESTS), TIMEOUT);
    }

    /**
     * @param limit the most concurrent requests, even if the server has more threads; 0 for no limit
     * @param timeout how long a request waits for a permit
     */
    RequestLimiter(NodeMetrics metrics, int limit, Duration timeout) {
        this.metrics = metrics;
        this.limit = limit;
        this.timeout = timeout;
    }

    /**
     * @param threads the number of the server's threads for requests; 0 if they do not wait for clients
     * @return false if there was no permit in time; the task did not run
     */
    boolean tryRun(int threads, ConcurrencyLimiter.Task task) throws IOException, ServletException {
        if (limit == 0 || threads == 0) {
            task.run();
            return true;
        }
        boolean done = limiter(threads).tryRun(task);
        if (!done) {
            metrics.limitReached(HttpKeys.REQUESTS.name());
        }
        return done;
    }

    private synchronized ConcurrencyLimiter limiter(int threads) {
        if (limiter == null) {
            limiter = new ConcurrencyLimiter(Math.max(1, Math.min(limit, threads / 2)), threads / 4, timeout);
        }
        return limiter;
    }
}
