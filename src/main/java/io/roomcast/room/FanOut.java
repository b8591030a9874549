package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.OutboundQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Takes one frame to many members' queues, each on the thread where a send costs least.
 *
 * <p>A queue that may send from anywhere is sent to by the lane itself, as long as the room is small; those of a large room are sent to in shares
 * on the room's executor, so that a room uses every core, and other rooms come in between. Where a container writes on threads of its own,
 * each of those gets its members as one task, instead of one for each member. The lane takes what happens next only when all shares
 * are done ({@link Lane#hold}): meanwhile messages gather, and the next batch is the larger.
 *
 * <p><b>Concurrency.</b> Confined to the lane; shares run anywhere, each once. A queue that has taken the frame lets everything later wait
 * until its share has sent it, so no order is lost.
 */
final class FanOut {
    /** Members that one task sends to at most: well under a millisecond of a thread's time. */
    static final int SHARE = 256;

    private final Lane<?> lane;
    private final Executor executor;
    private final List<Share> gathering = new ArrayList<>(2);
    private EncodedFrame frame;
    private boolean inShares;

    FanOut(Lane<?> lane, Executor executor) {
        this.lane = lane;
        this.executor = executor;
    }

    /** @param members to whom it may be offered, at most */
    void begin(EncodedFrame next, int members) {
        frame = next;
        inShares = members > SHARE;
    }

    /** @return false when the queue did not take it */
    boolean offer(OutboundQueue queue) {
        Executor own = queue.executor();
        if (own == null && !inShares) {
            return queue.offer(frame);
        }
        return switch (queue.prepare(frame)) {
            case SEND -> {
                gather(queue, own == null ? executor : own);
                yield true;
            }
            case WAITS -> true;
            case DROPPED, OVERFLOW -> false;
        };
    }

    /** Nobody else is offered this frame. */
    void end() {
        for (Share share : gathering) {
            start(share);
        }
        gathering.clear();
        frame = null;
    }

    private void gather(OutboundQueue queue, Executor where) {
        for (int i = 0; i < gathering.size(); i++) {
            Share share = gathering.get(i);
            if (share.where == where) {
                share.queues[share.count++] = queue;
                if (share.count == SHARE) {
                    gathering.remove(i);
                    start(share);
                }
                return;
            }
        }
        Share share = new Share(where, frame);
        share.queues[share.count++] = queue;
        gathering.add(share);
    }

    private void start(Share share) {
        lane.hold();
        try {
            share.where.execute(share);
        } catch (RejectedExecutionException e) {
            // That thread is ending, and its connections with it: they learn of it from the send.
            share.run();
        }
    }

    private final class Share implements Runnable {
        private final Executor where;
        private final EncodedFrame sent;
        private final OutboundQueue[] queues = new OutboundQueue[SHARE];
        private int count;

        Share(Executor where, EncodedFrame sent) {
            this.where = where;
            this.sent = sent;
        }

        @Override
        public void run() {
            try {
                for (int i = 0; i < count; i++) {
                    queues[i].sendPrepared(sent);
                }
            } finally {
                lane.release();
            }
        }
    }
}
