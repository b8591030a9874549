package io.roomcast.cursor;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;

/**
 * Counts the gaps in a room's deliveries. A gap is counted once when it is found, and once when it ends, by repair or
 * with a loss. Not thread-safe: guarded by the monitor of its {@link RoomCursor}.
 */
final class GapCounter {
    private final NodeMetrics metrics;
    /** Whether a gap was counted that has not ended. */
    private boolean inGap;
    /** Whether the log does not have some of the missing messages. */
    private boolean messagesLost;
    /** Whether an unknown envelope arrived. Reading its message from the log does not count as a repair. */
    private boolean unknownArrived;

    GapCounter(NodeMetrics metrics) {
        this.metrics = metrics;
    }

    /** Must be called when messages are missing. */
    void gapFound() {
        if (!inGap) {
            inGap = true;
            metrics.increment(Counter.GAPS_SEEN);
        }
    }

    /** Must be called when an unknown envelope has arrived, before its message is read from the log. */
    void unknownEnvelope() {
        unknownArrived = true;
    }

    /** Must be called when messages are missing that the log does not have any more. */
    void messagesLost() {
        gapFound();
        messagesLost = true;
    }

    /** Must be called when missing messages were read from the log. */
    void messagesRepaired(int messages) {
        if (messages > 0) {
            if (!unknownArrived) {
                gapFound();
            }
            metrics.add(Counter.MESSAGES_REPAIRED, messages);
        }
    }

    /** Must be called when all messages of the log were delivered, so that the gap has ended. */
    void gapClosed() {
        if (messagesLost) {
            metrics.increment(Counter.GAPS_LOST);
        } else if (inGap) {
            metrics.increment(Counter.GAPS_REPAIRED);
        }
        inGap = false;
        messagesLost = false;
        unknownArrived = false;
    }
}
