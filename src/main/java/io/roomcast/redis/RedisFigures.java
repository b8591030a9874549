package io.roomcast.redis;

import java.util.concurrent.atomic.LongAdder;

/** What the relay counts for those who operate it. Any thread. */
public final class RedisFigures {
    private final LongAdder gapsSeen = new LongAdder();
    private final LongAdder messagesRepaired = new LongAdder();
    private final LongAdder resets = new LongAdder();
    private final LongAdder reconnects = new LongAdder();
    private final LongAdder foreignEnvelopes = new LongAdder();

    void gapSeen() {
        gapsSeen.increment();
    }

    void repaired(int messages) {
        messagesRepaired.add(messages);
    }

    void reset() {
        resets.increment();
    }

    void reconnected() {
        reconnects.increment();
    }

    void foreign() {
        foreignEnvelopes.increment();
    }

    /** Holes in what the channels brought. */
    public long gapsSeen() {
        return gapsSeen.sum();
    }

    /** Messages delivered from the log, because the channel had not brought them. */
    public long messagesRepaired() {
        return messagesRepaired.sum();
    }

    /** Times that a room was told of a loss, or of a new epoch. */
    public long resets() {
        return resets.sum();
    }

    /** Times that the subscription to a server was made anew. */
    public long reconnects() {
        return reconnects.sum();
    }

    /** Envelopes of a version that this node does not know; their messages were read from the log. */
    public long foreignEnvelopes() {
        return foreignEnvelopes.sum();
    }
}
