package io.roomcast.outbound;

import io.roomcast.protocol.CloseCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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
    /** Joining stops here, so that one large text does not sit in the container's buffers all at once. */
    private static final int JOIN_BYTES = 64 * 1024;

    private enum State {
        IDLE,
        CALLING,
        DONE_EARLY,
        IN_FLIGHT,
        CLOSED
    }

    private enum Admission {
        SEND,
        WAITS,
        DROPPED,
        OVERFLOW
    }

    private final Transport transport;
    private final OutboundLimits limits;
    private final boolean joining;
    private final LongSupplier nanoClock;

    private State state = State.IDLE;
    /** Made when something has to wait, let go when nothing does: an idle session owns no buffer. */
    private ArrayDeque<EncodedFrame> waiting;

    private long waitingBytes;
    private long sendStarted;
    private List<Runnable> whenDrained;
    private CloseCode lastWords;
    private String lastReason;

    /**
     * @param joining whether frames that wait may share a WebSocket frame; plain clients expect one each
     * @param nanoClock as {@link System#nanoTime}
     */
    public OutboundQueue(Transport transport, OutboundLimits limits, boolean joining, LongSupplier nanoClock) {
        this.transport = transport;
        this.limits = limits;
        this.joining = joining;
        this.nanoClock = nanoClock;
    }

    /**
     * Sends the frame, or lets it wait behind others; never blocks. A frame that would exceed the limit first costs the client
     * the presence and signals that wait, then its connection (4000).
     *
     * @return false when the frame was dropped
     */
    public boolean offer(EncodedFrame frame) {
        Admission admission = admit(frame);
        switch (admission) {
            case SEND -> send(frame);
            case OVERFLOW ->
                close(CloseCode.SLOW_CONSUMER, "did not read fast enough: over " + limits.bytes() + " bytes wait");
            default -> {}
        }
        return admission == Admission.SEND || admission == Admission.WAITS;
    }

    private synchronized Admission admit(EncodedFrame frame) {
        if (state == State.CLOSED || lastWords != null) {
            return Admission.DROPPED;
        }
        if (state == State.IDLE) {
            state = State.CALLING;
            sendStarted = nanoClock.getAsLong();
            return Admission.SEND;
        }
        if (!fits(frame)) {
            if (frame.kind().droppable()) {
                return Admission.DROPPED;
            }
            dropStale();
            if (!fits(frame)) {
                return Admission.OVERFLOW;
            }
        }
        if (waiting == null) {
            waiting = new ArrayDeque<>(4);
        }
        waiting.add(frame);
        waitingBytes += frame.bytes();
        return Admission.WAITS;
    }

    private boolean fits(EncodedFrame frame) {
        return limits.bytes() == 0 || waitingBytes == 0 || waitingBytes + frame.bytes() <= limits.bytes();
    }

    private void dropStale() {
        if (waiting != null) {
            waiting.removeIf(frame -> frame.kind().droppable());
            waitingBytes = waiting.stream().mapToLong(EncodedFrame::bytes).sum();
        }
    }

    private void send(EncodedFrame first) {
        EncodedFrame frame = first;
        while (frame != null) {
            transport.send(frame, this);
            synchronized (this) {
                if (state == State.CALLING) {
                    state = State.IN_FLIGHT;
                    return;
                }
                if (state == State.CLOSED) {
                    return;
                }
                frame = takeWaiting();
            }
            afterTake(frame);
        }
    }

    /** Called by the transport when the frame in flight is on its way. */
    @Override
    public void sent(Throwable failure) {
        if (failure != null) {
            close(CloseCode.GOING_AWAY, "send failed");
            return;
        }
        EncodedFrame next;
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
    private EncodedFrame takeWaiting() {
        if (waiting == null) {
            state = State.IDLE;
            return null;
        }
        state = State.CALLING;
        sendStarted = nanoClock.getAsLong();
        EncodedFrame first = waiting.remove();
        waitingBytes -= first.bytes();
        if (!joining || waiting.isEmpty()) {
            releaseIfEmpty();
            return first;
        }
        List<EncodedFrame> joined = new ArrayList<>();
        joined.add(first);
        int bytes = first.bytes();
        for (EncodedFrame next = waiting.peek();
                next != null && bytes + next.bytes() <= JOIN_BYTES;
                next = waiting.peek()) {
            joined.add(waiting.remove());
            bytes += next.bytes() + 1;
            waitingBytes -= next.bytes();
        }
        releaseIfEmpty();
        return EncodedFrame.joined(joined, bytes);
    }

    private void releaseIfEmpty() {
        if (waiting.isEmpty()) {
            waiting = null;
        }
    }

    private void afterTake(EncodedFrame taken) {
        List<Runnable> drained;
        CloseCode code;
        synchronized (this) {
            if (waiting != null) {
                return;
            }
            drained = whenDrained;
            whenDrained = null;
            code = taken == null ? lastWords : null;
        }
        if (drained != null) {
            drained.forEach(Runnable::run);
        }
        if (code != null) {
            close(code, lastReason);
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
            lastWords = code;
            lastReason = reason;
            if (state != State.IDLE) {
                return;
            }
        }
        close(code, reason);
    }

    /** Forgets what waits and closes the connection at once. Idempotent. */
    public void close(CloseCode code, String reason) {
        if (release()) {
            transport.close(code, reason);
        }
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
        waiting = null;
        waitingBytes = 0;
        whenDrained = null;
        return true;
    }

    /** Closes (4000) when the send in flight is older than the limit: the client reads nothing at all. */
    public void closeIfStuck() {
        if (limits.ageNanos() > 0 && sendAgeNanos() > limits.ageNanos()) {
            close(CloseCode.SLOW_CONSUMER, "reads nothing");
        }
    }

    /** Sends a WebSocket ping, past all that waits. */
    public void ping() {
        transport.ping();
    }

    /** How long the client has been reading nothing of the send in flight; 0 when there is none. */
    public synchronized long sendAgeNanos() {
        return state == State.IN_FLIGHT || state == State.CALLING ? nanoClock.getAsLong() - sendStarted : 0;
    }

    /** Bytes that wait, without those in flight. */
    public synchronized long waitingBytes() {
        return waitingBytes;
    }
}
