package io.roomcast.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What rooms hand to their members. Counted once for a batch, not once for a member: the way of a message stays as short as it was. */
public final class DeliveryMetrics {
    private final LongAdder batches = new LongAdder();
    private final LongAdder batched = new LongAdder();
    private final LongAdder messages = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder replayed = new LongAdder();
    private final LongAdder droppedMessages = new LongAdder();
    private final LongAdder droppedNotices = new LongAdder();
    private final LongAdder lags = new LongAdder();
    private final Histogram fanOut = new Histogram();
    private final Histogram replayWaits = new Histogram();

    /**
     * One batch has been offered to all live members.
     *
     * @param count of messages in the batch
     * @param length of the batch in bytes
     * @param taken how many members' queues took it
     * @param refused how many did not, since they are closed or full
     */
    public void fannedOut(int count, int length, int taken, int refused, long nanos) {
        batches.increment();
        batched.add(count);
        messages.add((long) count * taken);
        bytes.add((long) length * taken);
        if (refused > 0) {
            droppedMessages.add((long) count * refused);
        }
        fanOut.record(nanos);
    }

    /** Messages of the history were sent to one member that came back. */
    public void replayed(int count, int length) {
        replayed.add(count);
        bytes.add(length);
    }

    /** Presence or a signal was not taken by this many members' queues. */
    public void noticesDropped(int members) {
        droppedNotices.add(members);
    }

    /** A room fell so far behind that it reads what it has not delivered yet from the history. */
    public void lagged() {
        lags.increment();
    }

    public long lags() {
        return lags.sum();
    }

    public long batches() {
        return batches.sum();
    }

    /** Messages in those batches: what was published on other nodes, too, and each once, however many members there are. */
    public long batched() {
        return batched.sum();
    }

    /** Messages times members that they were handed to, without those replayed. */
    public long messages() {
        return messages.sum();
    }

    public long bytes() {
        return bytes.sum();
    }

    public long replayed() {
        return replayed.sum();
    }

    public long droppedMessages() {
        return droppedMessages.sum();
    }

    public long droppedNotices() {
        return droppedNotices.sum();
    }

    /** How long members that came back waited for their turn to be sent a page of what they missed; those that had to. */
    public Histogram replayWaits() {
        return replayWaits;
    }

    /** How long a lane takes to offer a batch to all its members. */
    public Histogram fanOut() {
        return fanOut;
    }
}
