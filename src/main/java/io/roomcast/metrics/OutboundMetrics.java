package io.roomcast.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What was done about slow consumers, step by step. Any thread may count and read. */
public final class OutboundMetrics {
    private final LongAdder noticesDropped = new LongAdder();
    private final LongAdder messagesForgotten = new LongAdder();
    private final LongAdder behind = new LongAdder();
    private final LongAdder stuck = new LongAdder();
    private final LongAdder overflowed = new LongAdder();

    /** First step: presence or signals were not taken, or were taken out again. */
    public void noticesDropped(long frames) {
        noticesDropped.add(frames);
    }

    /** Second step: messages will not be sent by themselves. */
    public void messagesForgotten(long messages) {
        messagesForgotten.add(messages);
    }

    /** The client is told so, once for all that was forgotten of a room. */
    public void behind() {
        behind.increment();
    }

    /** Third step: nothing was read for too long. */
    public void stuck() {
        stuck.increment();
    }

    /** What may not be forgotten was too much by itself. */
    public void overflowed() {
        overflowed.increment();
    }

    public long droppedNotices() {
        return noticesDropped.sum();
    }

    public long forgottenMessages() {
        return messagesForgotten.sum();
    }

    public long toldBehind() {
        return behind.sum();
    }

    public long closedStuck() {
        return stuck.sum();
    }

    public long closedOverflowed() {
        return overflowed.sum();
    }
}
