package io.roomcast.outbound;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the queues of a node hold together, and how much of it each may have. Any thread.
 *
 * <p>A frame that waits in many queues is counted once: it is there once. The share of a session is never more than what is left for all, which
 * is the dynamic threshold of Choudhury and Hahne, <i>Dynamic Queue Length Thresholds for Shared-Memory Packet Switches</i> (IEEE/ACM
 * Transactions on Networking 6(2), 1998), with a factor of one: however many clients are slow, each gets the same, and something stays free for the next.
 */
public final class OutboundBudget {
    /** Where nothing is left, not even a frame that would wait alone may. */
    static final long NOTHING = 1;

    /** Answers cannot be forgotten, so even a node that is full lets a few wait. */
    private static final long LEAST_FOR_ANSWERS = 64 * 1024;

    private final AtomicLong held = new AtomicLong();
    private volatile OutboundLimits limits;

    public OutboundBudget(OutboundLimits limits) {
        this.limits = limits;
    }

    /** From now on; what waits already is held to it with the next frame. */
    public void change(OutboundLimits next) {
        limits = next;
    }

    OutboundLimits limits() {
        return limits;
    }

    /** Bytes that are held now. */
    public long held() {
        return held.get();
    }

    /** How many bytes may wait for one session; 0 for any number. */
    long share(FrameKind kind) {
        OutboundLimits now = limits;
        if (now.nodeBytes() == 0) {
            return now.bytes();
        }
        long left = Math.max(NOTHING, now.nodeBytes() - held.get());
        if (kind == FrameKind.REPLY) {
            left = Math.max(left, LEAST_FOR_ANSWERS);
        }
        return now.bytes() == 0 ? left : Math.min(now.bytes(), left);
    }

    /**
     * Adds these bytes, unless there would be more than there may be.
     *
     * @return false when nothing was added
     */
    public boolean reserve(long bytes) {
        long most = limits.nodeBytes();
        if (held.addAndGet(bytes) <= most || most == 0) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    /** Takes back what was reserved. */
    public void release(long bytes) {
        add(-bytes);
    }

    void add(long bytes) {
        held.addAndGet(bytes);
    }

    void enter(EncodedFrame frame) {
        if (frame.enterQueue()) {
            add(frame.bytes());
        }
    }

    void leave(EncodedFrame frame) {
        if (frame.leaveQueue()) {
            add(-frame.bytes());
        }
    }
}
