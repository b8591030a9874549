package io.roomcast.outbound;

/**
 * Counts the bytes that all queues of a node hold together, and limits the share of each session. Any thread.
 *
 * <p>A frame that waits in many queues exists once and is counted once. The share of a session is at most what is left
 * of the node's limit. This is the dynamic threshold of Choudhury and Hahne, <i>Dynamic Queue Length Thresholds for
 * Shared-Memory Packet Switches</i> (IEEE/ACM Transactions on Networking 6(2), 1998), with a factor of one. So all slow
 * clients get the same share, and a part of the limit stays free for the next slow client.
 */
public final class OutboundBudget {
    /** The share in bytes when nothing of the node's limit is left. Not even a single frame may wait then. */
    static final long EXHAUSTED = 1;

    /** Bytes of replies that may wait for a session of a full node, because replies are never dropped. */
    private static final long MIN_FOR_REPLIES = 64 * 1024;

    private final ByteBudget node;
    private volatile OutboundLimits limits;

    public OutboundBudget(OutboundLimits limits) {
        this.limits = limits;
        this.node = new ByteBudget(limits.nodeBytes());
    }

    /** Sets other limits. A queue that exceeds these limits drops frames when the next frame is offered. */
    public void setLimits(OutboundLimits next) {
        limits = next;
        node.setLimit(next.nodeBytes());
    }

    OutboundLimits limits() {
        return limits;
    }

    /** Bytes that all queues hold now. */
    public long held() {
        return node.held();
    }

    /** Bytes that may wait for one session; 0 for no bound. */
    long share(FrameKind kind) {
        OutboundLimits now = limits;
        if (now.nodeBytes() == 0) {
            return now.bytes();
        }
        long left = Math.max(EXHAUSTED, node.left());
        if (kind.isReply()) {
            left = Math.max(left, MIN_FOR_REPLIES);
        }
        return now.bytes() == 0 ? left : Math.min(now.bytes(), left);
    }

    /**
     * Adds these bytes, unless the limit of the node would be exceeded.
     *
     * @return false if the limit would be exceeded; nothing was added then
     */
    public boolean tryReserve(long bytes) {
        return node.tryReserve(bytes);
    }

    /** As {@link #tryReserve}, for bytes that are held in any case, even beyond the limit. */
    public void reserve(long bytes) {
        add(bytes);
    }

    /** Subtracts bytes that {@link #tryReserve} or {@link #reserve} added. */
    public void release(long bytes) {
        add(-bytes);
    }

    /** @param bytes negative for bytes that are no longer held */
    void add(long bytes) {
        node.add(bytes);
    }

    /** Counts the frame in one more queue. Adds its bytes if it waits in no other queue. */
    void add(EncodedFrame frame) {
        if (frame.addQueue()) {
            add(frame.bytes());
        }
    }

    /** Counts the frame in one queue less. Subtracts its bytes if it waits in no other queue. */
    void release(EncodedFrame frame) {
        if (frame.removeQueue()) {
            add(-frame.bytes());
        }
    }
}
