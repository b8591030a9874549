package io.roomcast.container;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;

/**
 * As many handshakes at a time as there are cores. WildFly has sixteen threads for a core, and takes a crowd with all of them: those that carry
 * messages then wait for the core behind every one. Its handshakes are work only, they wait for nobody, so with fewer at a time they are done no later.
 *
 * <p>Any thread of the server; who waits takes turns in the order of arrival.
 */
@ApplicationScoped
public class HandshakeLimiter {
    /** More than thousands of handshakes take. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ConcurrencyLimiter turns;
    private final NodeMetrics metrics;

    /** For the container's proxy. */
    protected HandshakeLimiter() {
        this(null);
    }

    @Inject
    public HandshakeLimiter(NodeMetrics metrics) {
        this(metrics, Runtime.getRuntime().availableProcessors(), PATIENCE);
    }

    HandshakeLimiter(NodeMetrics metrics, int atOnce, Duration patience) {
        this.metrics = metrics;
        this.turns = new ConcurrencyLimiter(atOnce, Integer.MAX_VALUE, patience);
    }

    /** @return false when its turn did not come, and nothing was done */
    boolean take(ConcurrencyLimiter.Work handshake) throws IOException, ServletException {
        boolean came = turns.take(handshake);
        if (!came) {
            metrics.refused(ErrorCode.BUSY.wire());
        }
        return came;
    }
}
