package io.roomcast.support;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.OutboundBudget;
import io.roomcast.outbound.OutboundLimits;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.outbound.Transport;
import java.util.function.LongSupplier;

/** Outbound queues for tests, with limits and nothing else of a node. */
public final class Queues {
    private Queues() {}

    /** One that forgets no messages, and counts nothing. */
    public static OutboundQueue of(
            Transport transport, OutboundLimits limits, boolean joining, LongSupplier nanoClock) {
        return new OutboundQueue(transport, new OutboundBudget(limits), joining, nanoClock, null, new NodeMetrics());
    }
}
