package io.roomcast.redis;

import io.roomcast.metrics.RelayMetrics;

/**
 * Counts the holes in a room's delivery, each once: when it is seen, and when it is closed, by repair or with a loss. Belongs to a
 * {@link RoomCursor}, whose monitor guards it.
 */
final class GapCounter {
    private final RelayMetrics metrics;
    private boolean open;
    private boolean lossy;
    /** Whether something came in another version: reading it from the log is no repair. */
    private boolean foreign;

    GapCounter(RelayMetrics metrics) {
        this.metrics = metrics;
    }

    /** Something is missing. */
    void seen() {
        if (!open) {
            open = true;
            metrics.gapSeen();
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
            metrics.messagesRepaired(messages);
        }
    }

    /** Everything that there is was delivered. */
    void closed() {
        if (lossy) {
            metrics.gapLost();
        } else if (open) {
            metrics.gapRepaired();
        }
        open = false;
        lossy = false;
        foreign = false;
    }
}
