package io.roomcast.redis;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;

/**
 * Counts the holes in a room's delivery, each once: when it is seen, and when it is closed, by repair or with a loss. Belongs to a
 * {@link RoomCursor}, whose monitor guards it.
 */
final class GapCounter {
    private final NodeMetrics metrics;
    private boolean open;
    private boolean lossy;
    /** Whether something came in another version: reading it from the log is no repair. */
    private boolean foreign;

    GapCounter(NodeMetrics metrics) {
        this.metrics = metrics;
    }

    /** Something is missing. */
    void seen() {
        if (!open) {
            open = true;
            metrics.increment(Counter.GAPS_SEEN);
        }
    }

    /** Something came that cannot be understood, and will be read again. */
    void foreign() {
        foreign = true;
    }

    /** Something is missing that cannot be had any more. */
    void lost() {
        seen();
        lossy = true;
    }

    /** So many messages that had not come were read. */
    void repaired(int messages) {
        if (messages > 0) {
            if (!foreign) {
                seen();
            }
            metrics.add(Counter.MESSAGES_REPAIRED, messages);
        }
    }

    /** Everything that there is was delivered. */
    void closed() {
        if (lossy) {
            metrics.increment(Counter.GAPS_LOST);
        } else if (open) {
            metrics.increment(Counter.GAPS_REPAIRED);
        }
        open = false;
        lossy = false;
        foreign = false;
    }
}
