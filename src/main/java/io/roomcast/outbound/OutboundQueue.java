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
 * What waits for one session, bounded in bytes, with one send in flight.
 *
 * <p>Containers queue asynchronous sends without bound, call a send complete when it is merely handed over, and some fail on two at a
 * time. So this queue hands out one frame, waits for its completion, and counts what waits meanwhile. When a send completes,
 * all that has gathered is joined by {@code \n} and goes as one.
 *
 * <p><b>Concurrency.</b> Any thread may call anything. All state is guarded by this object's monitor, which is never held while
 * the transport or a callback runs. {@code state} says who goes on:
 *
 * <pre>
 *   IDLE ──offer──▶ CALLING ──send() returns──▶ IN_FLIGHT ──sent()──▶ CALLING with what waits, or IDLE
 *                      │ sent() comes first
 *                      └──▶ DONE_EARLY: the loop that called send() goes on, without recursion
 *   any ──close──▶ CLOSED: nothing is taken or sent any more
 * </pre>
 */
public final class OutboundQueue implements Transport.Completion {
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
    private final boolean joining;
    private final LongSupplier nanoClock;
    private final GapFrameFactory notice;
    private final NodeMetrics metrics;

    private State state = State.IDLE;
    /** Made when something has to wait, let go when nothing does: an idle session owns no buffer. */
    private Backlog waiting;

    private final InFlightSend inFlight;
    private List<Runnable> whenDrained;
    private PendingClose lastWords;
    /** What it was closed with from here; null while open, and where the other side ended it. */
    private CloseCode closeCode;

    private boolean dismissed;

    private long closedAt;

    /**
     * @param joining whether frames that wait may share a WebSocket frame; plain clients expect one each
     * @param nanoClock as {@link System#nanoTime}
     * @param notice null where messages must not be forgotten, since there is no history to fetch them from
     */
    public OutboundQueue(
            Transport transport,
            OutboundBudget budget,
            boolean joining,
            LongSupplier nanoClock,
            GapFrameFactory notice,
            NodeMetrics metrics) {
        this.transport = transport;
        this.budget = budget;
        this.joining = joining;
        this.nanoClock = nanoClock;
        this.notice = notice;
        this.metrics = metrics;
        this.inFlight = new InFlightSend(budget);
    }

    /**
     * Sends the frame, or lets it wait behind others; never blocks. A frame that would exceed the limit costs the client first the presence and
     * signals that wait, then the messages, of which it is told ({@code behind}), and when all that is not enough its connection (4000).
     *
     * @return false when the frame was dropped or forgotten
     */
    public boolean offer(EncodedFrame frame) {
        OfferResult admission = prepare(frame);
        if (admission == OfferResult.SEND) {
            send(frame);
        }
        return admission != OfferResult.DROPPED;
    }

    /**
     * The first half of {@link #offer}, which gives the frame its place; the second is {@link #sendPrepared}, wherever it is best done. Until
     * then everything later waits.
     *
     * @return never {@code OVERFLOW}: that has closed the connection, and the frame is dropped
     */
    public OfferResult prepare(EncodedFrame frame) {
        OfferResult admission = admit(frame);
        if (admission != OfferResult.OVERFLOW) {
            return admission;
        }
        metrics.increment(Counter.QUEUE_CLOSED_OVERFLOW);
        close(CloseCode.SLOW_CONSUMER, "asked for more than it read");
        return OfferResult.DROPPED;
    }

    /** To be called once, soon, and on any thread, for a frame that {@link #prepare} has left to the caller. */
    public void sendPrepared(EncodedFrame frame) {
        send(frame);
    }

    /** Where {@link #sendPrepared} costs least; null where it is the same anywhere. */
    public Executor executor() {
        return transport.executor();
    }

    private synchronized OfferResult admit(EncodedFrame frame) {
        if (state == State.CLOSED || lastWords != null) {
            return OfferResult.DROPPED;
        }
        if (state == State.IDLE) {
            state = State.CALLING;
            inFlight.begin(frame, nanoClock.getAsLong());
            return OfferResult.SEND;
        }
        if (waiting == null) {
            waiting = new Backlog(notice != null, budget, metrics);
        }
        return waiting.add(frame);
    }

    private void send(QueueEntry first) {
        QueueEntry next = first;
        while (next != null) {
            hand(next);
            synchronized (this) {
                if (state == State.CALLING) {
                    state = State.IN_FLIGHT;
                    return;
                }
                if (state == State.CLOSED) {
                    return;
                }
                next = takeWaiting();
            }
            afterTake(next);
        }
    }

    /** Whatever the transport throws is the end of this connection, and nobody else's business. */
    private void hand(QueueEntry next) {
        try {
            transport.send(next.frame(notice), this);
        } catch (RuntimeException e) {
            sent(e);
        }
    }

    /** Called by the transport when the frame in flight is on its way. */
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
            next = takeWaiting();
        }
        afterTake(next);
        if (next != null) {
            send(next);
        }
    }

    /** Everything that waits and may go together, or null; leaves the state as it must be for the caller to go on. */
    private QueueEntry takeWaiting() {
        inFlight.end();
        if (waiting == null) {
            state = State.IDLE;
            return null;
        }
        state = State.CALLING;
        QueueEntry next = waiting.take(joining);
        inFlight.begin(next, nanoClock.getAsLong());
        if (waiting.isEmpty()) {
            waiting = null;
        }
        return next;
    }

    private void afterTake(QueueEntry taken) {
        List<Runnable> drained;
        PendingClose end;
        synchronized (this) {
            if (waiting != null) {
                return;
            }
            drained = whenDrained;
            whenDrained = null;
            end = taken == null ? lastWords : null;
        }
        if (drained != null) {
            drained.forEach(Runnable::run);
        }
        if (end != null) {
            close(end.code(), end.reason());
        }
    }

    /**
     * Runs {@code task} once nothing waits here any more: at once and on this thread, or later on the thread that completes a send.
     * The task must be short. It never runs when the queue is closed first.
     */
    public void whenDrained(Runnable task) {
        synchronized (this) {
            if (state == State.CLOSED) {
                return;
            }
            if (waiting != null) {
                if (whenDrained == null) {
                    whenDrained = new ArrayList<>(1);
                }
                whenDrained.add(task);
                return;
            }
        }
        task.run();
    }

    /** Takes nothing more, sends what waits, then closes. */
    public void closeWhenDrained(CloseCode code, String reason) {
        synchronized (this) {
            if (state == State.CLOSED || lastWords != null) {
                return;
            }
            lastWords = new PendingClose(code, reason);
            if (state != State.IDLE) {
                return;
            }
        }
        close(code, reason);
    }

    /** Forgets what waits and closes the connection at once. Idempotent. */
    public void close(CloseCode code, String reason) {
        close(code, reason, true);
    }

    private void close(CloseCode code, String reason, boolean dismissal) {
        synchronized (this) {
            if (!release()) {
                return;
            }
            closeCode = code;
            dismissed = dismissal;
        }
        try {
            transport.close(code, reason);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "close failed; the connection is gone", e);
        }
    }

    /** Nothing more is taken: it is closed, or will be when it has sent what waits. */
    public synchronized boolean isClosing() {
        return state == State.CLOSED || lastWords != null;
    }

    /** Whether the client is sent away from here: not where it went by itself, or its connection broke. */
    public synchronized boolean isDismissed() {
        return dismissed || lastWords != null;
    }

    public synchronized boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Since it was closed; 0 while it is open. */
    public synchronized long closedForNanos() {
        return state == State.CLOSED ? nanoClock.getAsLong() - closedAt : 0;
    }

    /** What it was closed with from here, else {@code NORMAL}. */
    public synchronized CloseCode closeCode() {
        return closeCode == null ? CloseCode.NORMAL : closeCode;
    }

    /**
     * Forgets what waits; for a connection that is closed already.
     *
     * @return false when that was done before
     */
    public synchronized boolean release() {
        if (state == State.CLOSED) {
            return false;
        }
        state = State.CLOSED;
        closedAt = nanoClock.getAsLong();
        inFlight.end();
        if (waiting != null) {
            waiting.clear();
            waiting = null;
        }
        whenDrained = null;
        return true;
    }

    /** Closes (4000) when the send in flight is older than the limit: the client reads nothing at all. */
    public void closeIfStuck() {
        long most = budget.limits().ageNanos();
        if (most > 0 && sendAgeNanos() > most) {
            metrics.increment(Counter.QUEUE_CLOSED_STUCK);
            close(CloseCode.SLOW_CONSUMER, "reads nothing");
        }
    }

    /**
     * The client begins anew with a room: what is forgotten or dropped of it from now on is told of after all that waits now, and so after the
     * answer to its join.
     */
    public synchronized void beginRoom(RoomName room) {
        if (waiting != null) {
            waiting.close(room);
        }
    }

    /** Sends a WebSocket ping, past all that waits. */
    public void ping() {
        transport.ping();
    }

    /** How long the client has been reading nothing of the send in flight; 0 when there is none. */
    public synchronized long sendAgeNanos() {
        return state == State.IN_FLIGHT || state == State.CALLING ? inFlight.age(nanoClock.getAsLong()) : 0;
    }

    /** Bytes that wait, without those in flight. */
    public synchronized long waitingBytes() {
        return waiting == null ? 0 : waiting.bytes();
    }
}
