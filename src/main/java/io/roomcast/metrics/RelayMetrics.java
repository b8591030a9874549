package io.roomcast.metrics;

import java.util.concurrent.atomic.LongAdder;

/** How it goes between this node and the relay. Any thread. */
public final class RelayMetrics {
    private final LongAdder gapsSeen = new LongAdder();
    private final LongAdder gapsRepaired = new LongAdder();
    private final LongAdder gapsLost = new LongAdder();
    private final LongAdder messagesRepaired = new LongAdder();
    private final LongAdder foreignEnvelopes = new LongAdder();
    private final LongAdder reconnects = new LongAdder();
    private final LongAdder probesFailed = new LongAdder();
    private final Histogram publish = new Histogram();
    private final Histogram probe = new Histogram();

    /** A delivery's offset was not the next one: something is missing. */
    public void gapSeen() {
        gapsSeen.increment();
    }

    /** What was missing has been read and delivered. */
    public void gapRepaired() {
        gapsRepaired.increment();
    }

    /** What was missing cannot be had any more: members are told that they are behind. */
    public void gapLost() {
        gapsLost.increment();
    }

    /** So many messages were read again, because they had not been delivered. */
    public void messagesRepaired(int messages) {
        messagesRepaired.add(messages);
    }

    /** A delivery was of a version that this node does not know; it is read again. */
    public void foreignEnvelope() {
        foreignEnvelopes.increment();
    }

    /** A connection to the relay was lost and is there again. */
    public void reconnected() {
        reconnects.increment();
    }

    public void probeFailed() {
        probesFailed.increment();
    }

    public long gapsSeen() {
        return gapsSeen.sum();
    }

    public long gapsRepaired() {
        return gapsRepaired.sum();
    }

    public long gapsLost() {
        return gapsLost.sum();
    }

    public long messagesRepaired() {
        return messagesRepaired.sum();
    }

    public long foreignEnvelopes() {
        return foreignEnvelopes.sum();
    }

    public long reconnects() {
        return reconnects.sum();
    }

    public long probesFailed() {
        return probesFailed.sum();
    }

    /** From the call of publish until the relay has stored the message. */
    public Histogram publish() {
        return publish;
    }

    /** From publishing a probe until it is delivered here. */
    public Histogram probe() {
        return probe;
    }
}
