package io.roomcast.outbound;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.RoomName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The frames that are to be sent to one session. Their bytes are bounded, and one send is in flight at a time.
 *
 * <p>Containers queue asynchronous sends without a bound. Some report a send as complete before it is written, and some
 * fail on two sends at a time. So this queue hands one frame to the transport, waits for the completion of the send,
 * and counts the bytes that wait meanwhile. When the send completes, waiting frames are joined by {@code \n} and sent
 * as one frame of at most 64 KiB, unless a single frame is larger. A plain client gets each frame separately.
 *
 * <p>Control frames, such as pongs, do not pass through this queue. While the network does not take them, they count.
 *
 * <p><b>Concurrency.</b> Any thread may call any method. This object's monitor guards all state. The monitor is never
 * held while the transport or a callback runs. {@code state} says which thread continues:
 *
 * <pre>
 *   IDLE ──offer──▶ CALLING ──send() returns──▶ IN_FLIGHT ──sent()──▶ CALLING with the backlog, or IDLE
 *                      │ sent() comes first
 *                      └──▶ DONE_EARLY: the loop that called send() continues, without recursion
 *   any ──close──▶ CLOSED: nothing is accepted or sent any more
 * </pre>
 */
public final class OutboundQueue implements Transport.Completion {
    /** The close that is sent when the queue is empty. */
    private record PendingClose(CloseCode code, String reason) {}

    private enum State {
        IDLE,
        CALLING,
        DONE_EARLY,
        IN_FLIGHT,
        CLOSED
    }

    private static final Logger LOG = System.getLogger(OutboundQueue.class.getName());

    private final Transport transport;
    private final OutboundBudget budget;
    private final boolean mayJoin;
    private final LongSupplier nanoClock;
    private final GapFrameFactory gapFrames;
    private final NodeMetrics metrics;

    private State state = State.IDLE;
    /** Null while no frame waits, so that an idle session owns no buffer. */
    private Backlog backlog;
    /** When the send in flight began. */
    private long sendBegan;
    /** Bytes of the send in flight that no other session shares: the bytes of a reply or of joined frames. */
    private long unsharedBytes;

    /** Bytes of control frames that the transport holds. */
    private int controlBytes;

    private List<Runnable> tasksWhenNoneWaits = List.of();
    private PendingClose pendingClose;
    /** The code with which this queue closed the connection, also after a failed send; else null. */
    private CloseCode closeCode;

    /** Whether this node closed the connection, and not the client or a failure. */
    private boolean closedByNode;

    private long closedAt;

    /**
     * @param mayJoin whether waiting frames may be sent as one WebSocket frame; false for plain clients
     * @param nanoClock in nanoseconds; on a node {@code RunningTime}, so that pauses of the process do not count
     * @param gapFrames null if messages must not be dropped, because there is no history
     */
    public OutboundQueue(
            Transport transport,
            OutboundBudget budget,
            boolean mayJoin,
            LongSupplier nanoClock,
            GapFrameFactory gapFrames,
            NodeMetrics metrics) {
        this.transport = transport;
        this.budget = budget;
        this.mayJoin = mayJoin;
        this.nanoClock = nanoClock;
        this.gapFrames = gapFrames;
        this.metrics = metrics;
    }

    /**
     * Sends the frame, or queues it behind others. Never blocks. If the frame does not fit, the {@link Backlog} drops
     * frames in steps. If the frame still does not fit, the queue closes the connection (4000).
     *
     * @return false if the frame was dropped
     */
    public boolean offer(EncodedFrame frame) {
        OfferResult result = prepare(frame);
        if (result == OfferResult.SEND) {
            send(frame);
        }
        return result != OfferResult.DROPPED;
    }

    /**
     * The first half of {@link #offer}, which reserves the frame's place. After {@code SEND}, the caller must call
     * {@link #sendPrepared} once, soon, on any thread. Later frames wait until then.
     *
     * @return never {@code OVERFLOW}; instead the connection is closed, and {@code DROPPED} is returned
     */
    public OfferResult prepare(EncodedFrame frame) {
        OfferResult result = place(frame);
        if (result != OfferResult.OVERFLOW) {
            return result;
        }
        metrics.increment(Counter.QUEUE_CLOSED_OVERFLOW);
        close(CloseCode.SLOW_CONSUMER, "asked for more than it read");
        return OfferResult.DROPPED;
    }

    /** The second half of {@link #offer}, after {@link #prepare} returned {@code SEND}. */
    public void sendPrepared(EncodedFrame frame) {
        send(frame);
    }

    /** The executor on which {@link #sendPrepared} is cheapest, or null if any thread will do. */
    public Executor executor() {
        return transport.executor();
    }

    private synchronized OfferResult place(EncodedFrame frame) {
        if (state == State.CLOSED || pendingClose != null) {
            return OfferResult.DROPPED;
        }
        if (state == State.IDLE) {
            state = State.CALLING;
            beginSend(frame);
            return OfferResult.SEND;
        }
        if (backlog == null) {
            backlog = new Backlog(gapFrames == null ? room -> false : gapFrames::mayDrop, budget, metrics);
        }
        return backlog.add(frame, controlBytes);
    }

    private void send(QueueEntry first) {
        QueueEntry next = first;
        while (next != null) {
            handOver(next);
            synchronized (this) {
                if (state == State.CALLING) {
                    state = State.IN_FLIGHT;
                    return;
                }
                if (state == State.CLOSED) {
                    return;
                }
                next = takeNext();
            }
            afterTake(next);
        }
    }

    /** Hands an entry to the transport. An exception of the transport ends only this connection. */
    private void handOver(QueueEntry next) {
        try {
            transport.send(next.frame(gapFrames), this);
        } catch (RuntimeException e) {
            sent(e);
        }
    }

    /** Called by the transport when it has written the frame in flight. */
    @Override
    public void sent(Throwable failure) {
        if (failure != null) {
            close(CloseCode.GOING_AWAY, "send failed", false);
            return;
        }
        QueueEntry next;
        synchronized (this) {
            if (state == State.CALLING) {
                state = State.DONE_EARLY;
                return;
            }
            if (state != State.IN_FLIGHT) {
                return;
            }
            next = takeNext();
        }
        afterTake(next);
        if (next != null) {
            send(next);
        }
    }

    /**
     * Takes the entries that are sent next as one frame, and sets {@code state}. The caller must send them.
     *
     * @return null if no entry waits
     */
    private QueueEntry takeNext() {
        endSend();
        if (backlog == null) {
            state = State.IDLE;
            return null;
        }
        state = State.CALLING;
        QueueEntry next = backlog.take(mayJoin);
        beginSend(next);
        if (backlog.isEmpty()) {
            backlog = null;
        }
        return next;
    }

    private void beginSend(QueueEntry entry) {
        sendBegan = nanoClock.getAsLong();
        if (entry instanceof QueueEntry.Joined joined) {
            unsharedBytes = joined.bytes();
        } else if (entry instanceof EncodedFrame frame && frame.kind().isReply()) {
            unsharedBytes = frame.bytes();
        }
        budget.add(unsharedBytes);
    }

    /**
     * Counts bytes of control frames that the transport holds, because the network does not take them. Ignored after
     * the close.
     *
     * @param bytes negative for bytes that are no longer held
     */
    public synchronized void addControlBytes(int bytes) {
        if (state != State.CLOSED) {
            controlBytes += bytes;
            budget.add(bytes);
        }
    }

    private void endSend() {
        if (unsharedBytes > 0) {
            budget.add(-unsharedBytes);
            unsharedBytes = 0;
        }
    }

    private void afterTake(QueueEntry taken) {
        List<Runnable> tasks;
        PendingClose end;
        synchronized (this) {
            if (backlog != null) {
                return;
            }
            tasks = tasksWhenNoneWaits;
            tasksWhenNoneWaits = List.of();
            end = taken == null ? pendingClose : null;
        }
        tasks.forEach(Runnable::run);
        if (end != null) {
            close(end.code(), end.reason());
        }
    }

    /**
     * Runs {@code task} when no frame waits. Runs it now on this thread, or later on the thread that completes a send.
     * The task must be short. It never runs if the queue is closed first.
     */
    public void whenNoneWaits(Runnable task) {
        synchronized (this) {
            if (state == State.CLOSED) {
                return;
            }
            if (backlog != null) {
                tasksWhenNoneWaits = tasksWhenNoneWaits.isEmpty() ? new ArrayList<>(1) : tasksWhenNoneWaits;
                tasksWhenNoneWaits.add(task);
                return;
            }
        }
        task.run();
    }

    /** Accepts no further frames, sends the waiting frames, and then closes the connection. */
    public void closeWhenFlushed(CloseCode code, String reason) {
        synchronized (this) {
            if (state == State.CLOSED || pendingClose != null) {
                return;
            }
            pendingClose = new PendingClose(code, reason);
            if (state != State.IDLE) {
                return;
            }
        }
        close(code, reason);
    }

    /** Drops the waiting frames and closes the connection at once. Idempotent. */
    public void close(CloseCode code, String reason) {
        close(code, reason, true);
    }

    private void close(CloseCode code, String reason, boolean byNode) {
        synchronized (this) {
            if (!markClosed()) {
                return;
            }
            closeCode = code;
            closedByNode = byNode;
        }
        try {
            transport.close(code, reason);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "close failed; the connection is gone", e);
        }
    }

    /** Whether further frames are refused, because the queue is closed, or closes when it is empty. */
    public synchronized boolean isClosing() {
        return state == State.CLOSED || pendingClose != null;
    }

    /** Whether this node has closed the connection, or will close the connection when no frame waits. */
    public synchronized boolean isClosingByNode() {
        return closedByNode || pendingClose != null;
    }

    public synchronized boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Nanoseconds since the queue was closed; 0 while it is open. */
    public synchronized long closedForNanos() {
        return state == State.CLOSED ? nanoClock.getAsLong() - closedAt : 0;
    }

    /** The code with which this queue closed the connection, also after a failed send; else {@code NORMAL}. */
    public synchronized CloseCode closeCode() {
        return closeCode == null ? CloseCode.NORMAL : closeCode;
    }

    /**
     * Marks the queue as closed, and drops the waiting frames. Does not close the connection.
     *
     * @return false if the queue was closed before
     */
    public synchronized boolean markClosed() {
        if (state == State.CLOSED) {
            return false;
        }
        state = State.CLOSED;
        closedAt = nanoClock.getAsLong();
        endSend();
        budget.add(-controlBytes);
        controlBytes = 0;
        if (backlog != null) {
            backlog.clear();
            backlog = null;
        }
        tasksWhenNoneWaits = List.of();
        return true;
    }

    /** Closes the connection (4000) if the send in flight is older than the limit, because the client reads nothing. */
    public void closeIfStuck() {
        long maxAge = budget.limits().ageNanos();
        if (maxAge > 0 && sendAgeNanos() > maxAge) {
            metrics.increment(Counter.QUEUE_CLOSED_STUCK);
            close(CloseCode.SLOW_CONSUMER, "reads nothing");
        }
    }

    /**
     * Separates earlier and later gaps of a room that the client joins again. A later gap is sent as a separate frame
     * behind the frames that wait now. So the client gets the answer to the join before the later gap.
     */
    public synchronized void separateGaps(RoomName room) {
        if (backlog != null) {
            backlog.separateGaps(room);
        }
    }

    /** Sends a WebSocket ping, ahead of the waiting frames. */
    public void ping() {
        transport.ping();
    }

    /** Nanoseconds since the send in flight began; 0 if there is none. */
    public synchronized long sendAgeNanos() {
        return state == State.IN_FLIGHT || state == State.CALLING ? nanoClock.getAsLong() - sendBegan : 0;
    }

    /** Bytes of the waiting frames and of control frames that the network has not taken, without the send in flight. */
    public synchronized long waitingBytes() {
        return controlBytes + (backlog == null ? 0 : backlog.bytes());
    }
}
