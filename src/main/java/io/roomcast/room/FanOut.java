package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.OutboundQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Sends one frame to the queues of many members. Each queue sends on its own executor, or on any thread if it has none
 * ({@link OutboundQueue#executor}).
 *
 * <p>In a small room, the lane itself sends to the queues without an executor. In a large room, these queues are
 * divided into chunks, which run on the room's executor. So the room uses every core, and other rooms run in between.
 * In every room, queues with the same executor are divided into chunks, too. So their executor gets one task for many
 * members. The next run of the lane waits until all chunks are done ({@link Lane#retain}). Meanwhile messages wait in
 * the lane, and the next batch is larger.
 *
 * <p><b>Concurrency.</b> Confined to the lane. A chunk runs once, on any thread. After a queue has accepted a frame,
 * later frames wait in the queue until the chunk has sent that frame. So each member gets the frames in order.
 */
final class FanOut {
    /** Most members that one task sends to, so that a task takes well under a millisecond. */
    static final int CHUNK_SIZE = 256;

    private final Lane<?> lane;
    private final Executor executor;
    /** The chunks that are not full yet, at most one for each executor. */
    private final List<Chunk> gathering = new ArrayList<>(2);

    private EncodedFrame frame;
    /** Whether queues without an executor of their own are sent to in chunks, too. */
    private boolean isLargeRoom;

    FanOut(Lane<?> lane, Executor executor) {
        this.lane = lane;
        this.executor = executor;
    }

    /**
     * Begins the fan-out of a frame.
     *
     * @param members upper bound of the number of members to whom the frame is offered
     */
    void begin(EncodedFrame next, int members) {
        frame = next;
        isLargeRoom = members > CHUNK_SIZE;
    }

    /**
     * Offers the frame to the queue of a member.
     *
     * @return false if the queue dropped the frame
     */
    boolean offer(OutboundQueue queue) {
        Executor own = queue.executor();
        if (own == null && !isLargeRoom) {
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
            // The executor is shutting down, and its connections are closing. The send fails on this thread, and its
            // completion reports the failure.
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
