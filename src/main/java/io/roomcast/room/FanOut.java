package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.OutboundQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Sends one frame to the queues of many members, each on the thread where that is cheapest.
 *
 * <p>In a small room the lane sends to every queue that accepts any thread. In a large room these queues are divided
 * into chunks, which run on the room's executor: so a room uses every core, and other rooms run in between. Some
 * containers write on threads of their own. Each such thread gets its members as one task, and not one task for each
 * member. The lane continues when all chunks are done ({@link Lane#retain}). Meanwhile messages gather, and the next
 * batch is larger.
 *
 * <p><b>Concurrency.</b> Confined to the lane. A chunk runs once, on any thread. A queue that has accepted the frame
 * holds back later frames until its chunk has sent it, so that the order is kept.
 */
final class FanOut {
    /** Most members that one task sends to: well under a millisecond of work. */
    static final int CHUNK_SIZE = 256;

    private final Lane<?> lane;
    private final Executor executor;
    private final List<Chunk> gathering = new ArrayList<>(2);
    private EncodedFrame frame;
    private boolean inChunks;

    FanOut(Lane<?> lane, Executor executor) {
        this.lane = lane;
        this.executor = executor;
    }

    /** @param members the most to whom the frame is offered */
    void begin(EncodedFrame next, int members) {
        frame = next;
        inChunks = members > CHUNK_SIZE;
    }

    /** @return false if the queue dropped the frame */
    boolean offer(OutboundQueue queue) {
        Executor own = queue.executor();
        if (own == null && !inChunks) {
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

    /** Starts the chunks that are not full. The frame is offered to no further member. */
    void end() {
        for (Chunk chunk : gathering) {
            start(chunk);
        }
        gathering.clear();
        frame = null;
    }

    private void gather(OutboundQueue queue, Executor where) {
        for (int i = 0; i < gathering.size(); i++) {
            Chunk chunk = gathering.get(i);
            if (chunk.executor == where) {
                chunk.queues[chunk.count++] = queue;
                if (chunk.count == CHUNK_SIZE) {
                    gathering.remove(i);
                    start(chunk);
                }
                return;
            }
        }
        Chunk chunk = new Chunk(where, frame);
        chunk.queues[chunk.count++] = queue;
        gathering.add(chunk);
    }

    private void start(Chunk chunk) {
        lane.retain();
        try {
            chunk.executor.execute(chunk);
        } catch (RejectedExecutionException e) {
            // The executor is shutting down, and its connections are closing: the send reports that.
            chunk.run();
        }
    }

    /** The members that one task sends to. */
    private final class Chunk implements Runnable {
        private final Executor executor;
        private final EncodedFrame sent;
        private final OutboundQueue[] queues = new OutboundQueue[CHUNK_SIZE];
        private int count;

        Chunk(Executor executor, EncodedFrame sent) {
            this.executor = executor;
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
