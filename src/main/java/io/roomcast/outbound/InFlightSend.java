package io.roomcast.outbound;

/** Since when a queue's send is under way, and what it holds of the node's memory. Belongs to its queue, whose monitor guards it. */
final class InFlightSend {
    private final OutboundBudget budget;
    private long began;
    /** Where it is a text that was joined for this session alone; what members share is counted elsewhere. */
    private long ownBytes;

    InFlightSend(OutboundBudget budget) {
        this.budget = budget;
    }

    void begin(QueueEntry what, long nanos) {
        began = nanos;
        if (what instanceof QueueEntry.Joined joined) {
            ownBytes = joined.bytes();
            budget.add(ownBytes);
        }
    }

    void end() {
        if (ownBytes > 0) {
            budget.add(-ownBytes);
            ownBytes = 0;
        }
    }

    /** @return nanoseconds since it began */
    long age(long nanos) {
        return nanos - began;
    }
}
