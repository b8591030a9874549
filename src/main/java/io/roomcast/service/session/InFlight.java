package io.roomcast.service.session;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Limits;
import io.roomcast.protocol.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the requests that are not answered yet, for each session and for the node: when the relay falls behind,
 * publishers are answered {@code busy} at once, and their requests do not pile up in memory. Any thread.
 */
@ApplicationScoped
public class InFlight {
    private final AtomicInteger node = new AtomicInteger();
    private final AtomicLong nodeBytes = new AtomicLong();
    private Limits limits;

    /** For the container's proxy. */
    protected InFlight() {}

    @Inject
    public InFlight(Limits limits) {
        this.limits = limits;
    }

    /** Requests that are not answered now. */
    public int count() {
        return node.get();
    }

    /** What they carry. */
    public long bytes() {
        return nodeBytes.get();
    }

    /**
     * A request begins.
     *
     * @param bytes that it carries
     * @return to be run once, when it is answered or given up
     * @throws io.roomcast.protocol.ProtocolException {@code busy}, and then it has not begun
     */
    public Runnable begin(ClientSession session, long bytes) {
        boolean begun = false;
        int mine = session.inFlight().incrementAndGet();
        int all = node.incrementAndGet();
        long allBytes = nodeBytes.addAndGet(bytes);
        try {
            limits.require(LimitKeys.IN_FLIGHT, mine, ErrorCode.BUSY, "too many requests wait for their answers");
            limits.require(LimitKeys.NODE_IN_FLIGHT, all, ErrorCode.BUSY, "the node has too much to do");
            // A single request may have any size.
            limits.requireBytes(
                    LimitKeys.NODE_IN_FLIGHT_BYTES, allBytes == bytes ? 0 : allBytes, "the node has too much to do");
            begun = true;
            return () -> end(session, bytes);
        } finally {
            if (!begun) {
                end(session, bytes);
            }
        }
    }

    private void end(ClientSession session, long bytes) {
        session.inFlight().decrementAndGet();
        node.decrementAndGet();
        nodeBytes.addAndGet(-bytes);
    }
}
