package io.roomcast.outbound;

/** Since when a queue's send is under way, and what it holds of the node's memory. Belongs to its queue, whose monitor guards it. */
final class SendInFlight {
    private final OutboundBudget budget;
    private long began;
    /** Where it is for this session alone: an answer, or a text that was joined. What members share is counted elsewhere. */
    private long ownBytes;

    SendInFlight(OutboundBudget budget) {
        this.budget = budget;
    }

    void begin(Waiting what, long nanos) {
        began = nanos;
        if (what instanceof Waiting.Joined joined) {
            ownBytes = joined.bytes();
        } else if (what instanceof EncodedFrame frame && frame.kind() == FrameKind.REPLY) {
            ownBytes = frame.bytes();
        }
        budget.add(ownBytes);
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
