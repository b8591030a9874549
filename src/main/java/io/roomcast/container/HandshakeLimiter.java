package io.roomcast.container;

import io.roomcast.metrics.Counter;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.service.admission.Verdict;
import io.roomcast.service.operations.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;

/**
 * Limits concurrent handshakes to the number of cores. WildFly has sixteen threads for each core. If each of them
 * processed a handshake, the threads that carry messages would wait for a core. A handshake on WildFly never waits for
 * a client, so its permit is soon free again. Further handshakes wait in the order of arrival. Any thread of the
 * server. See docs/decisions/0015-a-crowd-is-announced-together-and-let-in-by-turns.md.
 */
@ApplicationScoped
public class HandshakeLimiter {
    /** How long a handshake waits for a permit. Thousands of handshakes take less time. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ConcurrencyLimiter limiter;
    private final Refusals refusals;

    /** For the container's proxy. */
    protected HandshakeLimiter() {
        this(null);
    }

    @Inject
    public HandshakeLimiter(Refusals refusals) {
        this(refusals, Runtime.getRuntime().availableProcessors(), TIMEOUT);
    }

    HandshakeLimiter(Refusals refusals, int maxRunning, Duration timeout) {
        this.refusals = refusals;
        this.limiter = new ConcurrencyLimiter(maxRunning, Integer.MAX_VALUE, timeout);
    }

    /**
     * @param remote address of the client, or null
     * @return false if there was no permit in time; the handshake did not run
     */
    boolean tryRun(String remote, ConcurrencyLimiter.Task handshake) throws IOException, ServletException {
        boolean done = limiter.tryRun(handshake);
        if (!done) {
            String text = Verdict.OVERLOADED.text();
            refusals.atHandshake(Counter.HANDSHAKES_OVERLOADED, ErrorCode.BUSY.wire(), text, null, null, remote);
        }
        return done;
    }
}
