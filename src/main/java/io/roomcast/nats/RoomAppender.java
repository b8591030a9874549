package io.roomcast.nats;

import io.nats.client.impl.Headers;
import io.roomcast.nats.connection.Append;
import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.Steps;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Appends the messages of this node to a room, one after the other. Each message is numbered after the last one that
 * this node knows of, and appended on the condition that this is still the last one. If it is not, this node reads the
 * last one, and numbers anew.
 *
 * <p><b>Several messages of a call.</b> Each says how many follow. A node that finds such a message at the end of the
 * room waits for those that follow, but for a limited time, since the node that appends them may have gone. If that node
 * comes too late, its next message is refused.
 *
 * <p><b>Concurrency.</b> The monitor guards the queue. At most one request of the room is under way. Its reply continues
 * with the next one. While {@code busy} is set, only this chain of steps uses the other fields. Callers' stages complete
 * outside of the monitor.
 */
final class RoomAppender {
    /** How long a node waits for the rest of another node's call. */
    private static final long CALL_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** How often it looks meanwhile. */
    private static final long LOOK_MILLIS = 5;
    /** How often a message is numbered anew, because other nodes came before. */
    private static final int MAX_ATTEMPTS = 200;

    /** What a room's appender uses of the relay. */
    interface Context {
        JetStream jetStream();

        Subjects subjects();

        RoomTails tails();

        ScheduledExecutorService timer();

        /** As {@link System#nanoTime}. */
        long nanoTime();
    }

    /** The messages of one call, and how far it has come. */
    private static final class Call {
        private final List<Relay.Entry> entries;
        private final List<Position> positions;
        private final CompletableFuture<Relay.Prefix> result = new CompletableFuture<>();
        private int attempts;

        Call(List<Relay.Entry> entries) {
            this.entries = entries;
            this.positions = new ArrayList<>(entries.size());
        }

        Relay.Entry next() {
            return entries.get(positions.size());
        }

        boolean isComplete() {
            return positions.size() == entries.size();
        }
    }

    private final RoomName room;
    private final String subject;
    /** What the ids of this room's messages begin with, since the stream knows ids and no rooms. */
    private final String idPrefix;

    private final Context context;
    private final ArrayDeque<Call> calls = new ArrayDeque<>(1);
    /** Whether a request is under way, or this node waits for another one's call. */
    private boolean busy;

    private final Steps steps = new Steps(this::step, this::failed);
    /** The last record of the room, as far as this node knows; null if it does not. */
    private Tail tail;
    /** Whether {@link #tail} is known: there may be none. */
    private boolean tailKnown;
    /** Whether the tail is that of this node's own call, which goes on. */
    private boolean inCall;
    /** The sequence of a tail whose call goes on, and since when this node waits for it. */
    private long waitedFor;

    private long waitsSince;

    RoomAppender(RoomName room, Context context) {
        this.room = room;
        this.context = context;
        this.subject = context.subjects().stored(room.value());
        this.idPrefix = Subjects.encode(room.value()) + '/';
    }

    /** A call in the queue. {@link #begin} must be called after it, outside of monitors. */
    record Accepted(CompletionStage<Relay.Prefix> result, Runnable start) {
        void begin() {
            start.run();
        }
    }

    /** Queues messages after all that was accepted before. */
    synchronized Accepted accept(List<Relay.Entry> entries) {
        Call call = new Call(entries);
        calls.add(call);
        boolean first = !busy;
        busy = true;
        return new Accepted(call.result, first ? steps::proceed : () -> {});
    }

    /** Whether nothing waits, so that this object may be forgotten. */
    synchronized boolean isIdle() {
        return !busy && calls.isEmpty();
    }

    /** Takes a record that was delivered to this node: the next message is numbered after it. */
    synchronized void observe(MessageHead head, long sequence) {
        if (!busy && (!tailKnown || tail == null || sequence > tail.sequence())) {
            tail = new Tail(head, sequence, 0);
            tailKnown = true;
        }
    }

    /** Forgets the tail, since records may have been lost. */
    synchronized void forget() {
        if (!busy) {
            tailKnown = false;
        }
    }

    private void step() {
        Call call;
        boolean known;
        synchronized (this) {
            call = calls.peek();
            if (call == null) {
                busy = false;
                return;
            }
            known = tailKnown;
        }
        if (!known) {
            steps.then(context.tails().read(room), this::tailRead);
        } else if (tail != null && tail.head().following() > 0 && !inCall && waitFor(tail)) {
            later(() -> {
                tailKnown = false;
                steps.proceed();
            });
        } else {
            send(call);
        }
    }

    /** Returns whether this node is to look again later, since another node's call goes on. */
    private boolean waitFor(Tail last) {
        if (last.sequence() != waitedFor) {
            waitedFor = last.sequence();
            waitsSince = context.nanoTime();
        }
        return context.nanoTime() - waitsSince < CALL_NANOS;
    }

    private void later(Runnable step) {
        try {
            var unused = context.timer().schedule(step, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            failed(new RelayUnavailableException("the node is stopping"));
        }
    }

    private void tailRead(Tail found) {
        Tail known = tail;
        boolean isLost = known != null
                && (found == null
                        || found.head().epoch().equals(known.head().epoch())
                                && found.head().offset() < known.head().offset());
        if (isLost && found != null) {
            // The stream has lost messages of which this node knows: their offsets are not used again.
            steps.then(
                    context.tails()
                            .renumberIfBehind(
                                    room, known.head().epoch(), known.head().offset()),
                    this::useTail);
            return;
        }
        useTail(found);
    }

    private void useTail(Tail found) {
        Call call;
        synchronized (this) {
            boolean interrupted = inCall && (found == null || tail == null || found.sequence() != tail.sequence());
            tail = found;
            tailKnown = true;
            call = calls.peek();
            if (interrupted) {
                inCall = false;
            }
            if (!interrupted || call == null || call.positions.isEmpty()) {
                call = null;
            }
        }
        if (call != null) {
            refuse(call, new RelayUnavailableException("another node did not wait for the rest of the messages"));
        }
        steps.proceed();
    }

    private void send(Call call) {
        Relay.Entry entry = call.next();
        int following = call.entries.size() - call.positions.size() - 1;
        MessageHead before = tail == null ? context.tails().beginning(room) : tail.head();
        MessageHead head = before.next(entry.body().length, following);
        Headers headers =
                JetStream.expecting(tail == null ? 0 : tail.sequence()).put(MessageHead.HEADER, head.text());
        if (entry.key() != null) {
            headers.put("Nats-Msg-Id", idPrefix + Subjects.encode(entry.key()));
        }
        steps.then(context.jetStream().append(subject, headers, entry.body()), answer -> answered(call, head, answer));
    }

    private void answered(Call call, MessageHead head, Append answer) {
        if (answer instanceof Append.Stored stored) {
            synchronized (this) {
                tail = new Tail(head, stored.sequence(), 0);
                inCall = head.following() > 0;
                call.positions.add(new Position(head.epoch(), head.offset()));
            }
            entryDone(call);
        } else if (answer instanceof Append.Duplicate duplicate) {
            steps.then(context.jetStream().at(context.subjects().messages(), duplicate.sequence()), first -> {
                MessageHead found = first == null ? null : MessageHead.of(first);
                if (found == null) {
                    refuse(
                            call,
                            new RelayUnavailableException(
                                    "a message with this key was stored, and the history has let go of it"));
                    steps.proceed();
                    return;
                }
                synchronized (this) {
                    call.positions.add(new Position(found.epoch(), found.offset()));
                }
                entryDone(call);
            });
        } else if (answer instanceof Append.Conflict) {
            tailKnown = false;
            if (++call.attempts > MAX_ATTEMPTS) {
                refuse(call, new RelayUnavailableException("too many nodes publish in the room"));
            }
            steps.proceed();
        } else if (answer instanceof Append.Refused refused) {
            refuse(call, refused.why());
            steps.proceed();
        }
    }

    private void entryDone(Call call) {
        call.attempts = 0;
        if (!call.isComplete()) {
            steps.proceed();
            return;
        }
        endCall(call, null);
        steps.proceed();
    }

    /** Ends the call after the messages that are stored. */
    private void refuse(Call call, RelayUnavailableException why) {
        endCall(call, why);
    }

    private void endCall(Call call, RelayUnavailableException refusal) {
        synchronized (this) {
            calls.remove(call);
            if (inCall) {
                // The last message was known, or refused: nobody needs to wait for it.
                inCall = false;
                if (tail != null && tail.head().following() > 0) {
                    var unused = context.tails().keep(room, tail);
                    tailKnown = false;
                }
            }
        }
        if (call.positions.isEmpty()) {
            call.result.completeExceptionally(refusal);
        } else {
            call.result.complete(new Relay.Prefix(List.copyOf(call.positions), refusal));
        }
    }

    /** Ends all calls that wait: each would wait as long for an answer. */
    private void failed(Throwable failure) {
        List<Call> all;
        synchronized (this) {
            tailKnown = false;
            inCall = false;
            all = List.copyOf(calls);
        }
        RelayUnavailableException why = failure instanceof RelayUnavailableException unavailable
                ? unavailable
                : new RelayUnavailableException("NATS: " + failure);
        all.forEach(call -> endCall(call, why));
        steps.proceed();
    }
}
