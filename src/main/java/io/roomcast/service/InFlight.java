package io.roomcast.service;

import io.roomcast.config.LimitKeys;
import io.roomcast.protocol.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Bounds what waits for the relay, of each session and of the node: when the relay falls behind, publishers are told {@code busy} at once
 * instead of being kept in memory. Any thread.
 */
@ApplicationScoped
public class InFlight {
    private final AtomicInteger node = new AtomicInteger();
    private Limits limits;

    /** For the container's proxy. */
    protected InFlight() {}

    @Inject
    public InFlight(Limits limits) {
        this.limits = limits;
    }

    /** Requests that wait now. */
    public int count() {
        return node.get();
    }

    /**
     * Starts a request that waits for the relay.
     *
     * @throws io.roomcast.protocol.ProtocolException {@code busy}, and then it was not started
     */
    <T> CompletionStage<T> start(RoomSession session, Supplier<CompletionStage<T>> request) {
        boolean started = false;
        int mine = session.inFlight().incrementAndGet();
        int all = node.incrementAndGet();
        try {
            limits.require(LimitKeys.IN_FLIGHT, mine, ErrorCode.BUSY, "too many requests wait for their answers");
            limits.require(LimitKeys.NODE_IN_FLIGHT, all, ErrorCode.BUSY, "the node has too much to do");
            CompletionStage<T> stage = request.get().whenComplete((done, failure) -> end(session));
            started = true;
            return stage;
        } finally {
            if (!started) {
                end(session);
            }
        }
    }

    private void end(RoomSession session) {
        session.inFlight().decrementAndGet();
        node.decrementAndGet();
    }
}
