package io.roomcast.service.session;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Limits;
import io.roomcast.protocol.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the requests in flight, which are not answered yet: those of each session, and those of the node. When the
 * relay is slow, further requests are answered {@code busy} at once. So waiting requests cannot fill the memory. Any
 * thread.
 */
@ApplicationScoped
public class InFlight {
    private final AtomicInteger nodeRequests = new AtomicInteger();
    private final AtomicLong nodeBytes = new AtomicLong();
    private Limits limits;

    /** For the container's proxy. */
    protected InFlight() {}

    @Inject
    public InFlight(Limits limits) {
        this.limits = limits;
    }

    /** Number of requests in flight on the node. */
    public int count() {
        return nodeRequests.get();
    }

    /** Approximate bytes of memory that the requests in flight take. */
    public long bytes() {
        return nodeBytes.get();
    }

    /**
     * Registers a request.
     *
     * @param bytes approximate bytes of memory that the request takes
     * @return the release of the request; the caller must run it once, when the request is answered or discarded
     * @throws io.roomcast.protocol.ProtocolException {@code busy} if a limit is exceeded; the request is not registered
     *     then
     */
    public Runnable begin(ClientSession session, long bytes) {
        boolean begun = false;
        int ofSession = session.inFlight().incrementAndGet();
        int ofNode = nodeRequests.incrementAndGet();
        long allBytes = nodeBytes.addAndGet(bytes);
        try {
            limits.require(LimitKeys.IN_FLIGHT, ofSession, ErrorCode.BUSY, "too many requests wait for their answers");
            limits.require(LimitKeys.NODE_IN_FLIGHT, ofNode, ErrorCode.BUSY, "the node has too much to do");
            // The only request on the node may have any size.
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
        nodeRequests.decrementAndGet();
        nodeBytes.addAndGet(-bytes);
    }
}
