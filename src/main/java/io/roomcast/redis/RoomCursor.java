package io.roomcast.redis;

import io.roomcast.metrics.RelayMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.RelayListener;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Where this node stands in a room, from one subscription to its end. It delivers what the channel brings as long as that follows what
 * was delivered before. Whenever it may not (the subscription is new, Redis was away, a hole, another epoch), it holds what arrives, has the
 * log read, delivers what is missing, and goes on.
 *
 * <pre>
 *   new ──confirmed──▶ reading ──caught up──▶ live
 *                         ▲                    │ hole, other epoch, subscribed anew
 *                         └────────────────────┘
 * </pre>
 *
 * <p><b>Honesty.</b> A read also fetches the message that was delivered last. If another one stands in its place, Redis has forgotten
 * messages and given their offsets again (it failed over, or restarted from an older file): then the epoch is ended, and the listener told.
 *
 * <p><b>Concurrency.</b> The monitor guards everything; deliveries are made inside it, by the subscriber's thread or a reader's, and the listener
 * only appends. {@code turn} counts the reads: the answer to any but the latest is not used.
 */
final class RoomCursor {
    private static final int MAX_HELD = 1_000;
    private static final long MAX_HELD_BYTES = 1 << 20;
    /** Redis keeps the numbering of a room in which nothing was said for an hour. */
    static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(15);

    /** Reads for a cursor. Called inside its monitor: hands over and returns; the cursor is answered later, with the same turn. */
    interface Log {
        void read(RoomCursor cursor, int turn);

        /** Ends the epoch that the cursor knows, then has it read again. */
        void renumber(RoomCursor cursor, int turn);
    }

    private record Held(Envelope.Message message, int turn) {}

    private final RoomName room;
    private final RoomKeys keys;
    private final RelayListener listener;
    private final Log log;
    private final GapCount gap;
    private final long since = System.nanoTime();
    private final CompletableFuture<Position> subscribed = new CompletableFuture<>();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private long heldBytes;
    /** Whether something came that is not held. */
    private boolean missed;

    private boolean closed;
    private boolean live;
    private int turn;
    /** When something was last read or delivered, in nanoseconds. */
    private long touched = System.nanoTime();
    /** The server whose channel is listened to; null until it is subscribed. */
    private Object source;
    /** Null until the subscription has its position. */
    private String epoch;

    private long offset;
    /** Of the message at {@code offset}, or null where it is not known. */
    private byte[] lastBody;
    /** Whether the listener has yet to be told of the epoch. */
    private boolean resetDue;

    RoomCursor(RoomName room, RoomKeys keys, RelayListener listener, Log log, RelayMetrics metrics) {
        this.room = room;
        this.keys = keys;
        this.listener = listener;
        this.log = log;
        this.gap = new GapCount(metrics);
    }

    RoomName room() {
        return room;
    }

    RoomKeys keys() {
        return keys;
    }

    /** When the subscription was asked for, in nanoseconds of this JVM. */
    long since() {
        return since;
    }

    CompletableFuture<Position> subscribed() {
        return subscribed;
    }

    /** The last position that is known to have existed, or null. */
    synchronized Position known() {
        return epoch == null ? null : new Position(epoch, offset);
    }

    /** As {@link #known}, with a mark of the message there. */
    synchronized Seen seen() {
        return epoch == null ? null : Seen.of(new Position(epoch, offset), lastBody);
    }

    /**
     * The channel is subscribed.
     *
     * @param anew whether just now: what came before may have been missed
     * @param server where
     */
    synchronized void confirmed(boolean anew, Object server) {
        if (anew || turn == 0 || source != server) {
            source = server;
            read();
        }
    }

    /** @param server whose channel has brought it; what comes by another than before is not put together with what came before */
    synchronized void arrive(Envelope.Message message, Object server) {
        if (source != server) {
            if (source != null) {
                source = server;
                read();
            }
            return;
        }
        if (live && message.epoch().equals(epoch) && message.offset() <= offset + 1) {
            if (message.offset() > offset) {
                deliver(message.offset(), message.body());
            }
        } else if (!closed) {
            hold(message);
            if (live) {
                gap.seen();
                read();
            }
        }
    }

    /** Something arrived that cannot be understood: the log has it. */
    synchronized void arriveForeign() {
        missed = true;
        gap.foreign();
        if (live) {
            read();
        }
    }

    synchronized void signal(Envelope.Signal signal) {
        if (!closed) {
            listener.signal(room, signal.kind(), signal.frame());
        }
    }

    /** Takes what the log holds. What the subscriber waits for is completed outside the monitor, before anything is delivered. */
    void answer(int answered, Reading reading) {
        Position first = take(answered, reading);
        if (first != null) {
            subscribed.complete(first);
            goOn(answered);
        }
    }

    private synchronized Position take(int answered, Reading reading) {
        if (closed || answered != turn) {
            return null;
        }
        if (epoch == null) {
            epoch = reading.epoch();
            offset = reading.offset();
            List<StoredMessage> newest = reading.messages();
            lastBody = newest.isEmpty() || newest.get(0).offset() != offset
                    ? null
                    : newest.get(0).body();
            return new Position(epoch, offset);
        }
        if (!reading.epoch().equals(epoch)) {
            // The page was read after an offset of the old epoch: it means nothing.
            epoch = reading.epoch();
            offset = reading.base();
            lastBody = null;
            resetDue = true;
            read();
        } else if (isOverwrittenIn(reading)) {
            log.renumber(this, turn);
        } else {
            catchUp(reading);
        }
        return null;
    }

    private boolean isOverwrittenIn(Reading reading) {
        List<StoredMessage> messages = reading.messages();
        return lastBody != null
                && !messages.isEmpty()
                && messages.get(0).offset() == offset
                && !Arrays.equals(lastBody, messages.get(0).body());
    }

    private void catchUp(Reading reading) {
        List<StoredMessage> missing = reading.messages().stream()
                .filter(message -> message.offset() > offset)
                .toList();
        long next = missing.isEmpty() ? reading.offset() + 1 : missing.get(0).offset();
        if (resetDue || next > offset + 1) {
            resetDue = false;
            offset = next - 1;
            lastBody = null;
            gap.lost();
            listener.reset(room, new Position(epoch, offset));
        }
        missing.forEach(message -> deliver(message.offset(), message.body()));
        gap.repaired(missing.size());
        if (reading.more()) {
            read();
        } else {
            releaseHeld();
        }
    }

    private synchronized void goOn(int answered) {
        if (!closed && answered == turn) {
            releaseHeld();
        }
    }

    private void releaseHeld() {
        for (Held first = held.peek(); first != null; first = held.peek()) {
            Envelope.Message message = first.message();
            boolean sameEpoch = message.epoch().equals(epoch);
            if (sameEpoch && message.offset() == offset + 1) {
                deliver(message.offset(), message.body());
            } else if (sameEpoch ? message.offset() > offset : first.turn() == turn) {
                read();
                return;
            }
            // What is left was delivered from the log, or is of an epoch that had ended when the log was read.
            held.remove();
            heldBytes -= message.body().length;
        }
        if (missed) {
            read();
        } else {
            live = true;
            gap.closed();
        }
    }

    private void hold(Envelope.Message message) {
        held.add(new Held(message, turn));
        heldBytes += message.body().length;
        if (held.size() > MAX_HELD || heldBytes > MAX_HELD_BYTES) {
            held.clear();
            heldBytes = 0;
            missed = true;
        }
    }

    private void deliver(long next, byte[] body) {
        offset = next;
        lastBody = body;
        touched = System.nanoTime();
        listener.deliver(room, new StoredMessage(next, body));
    }

    /** A room in which nothing has been said for long is read, so that its numbering lives as long as it is open. */
    synchronized void renew(long nanos) {
        if (live && nanos - touched > QUIET_NANOS) {
            read();
        }
    }

    /** Reads again, if nothing else has happened since that turn. */
    synchronized void retry(int failed) {
        if (failed == turn) {
            read();
        }
    }

    private void read() {
        if (!closed) {
            live = false;
            missed = false;
            touched = System.nanoTime();
            log.read(this, ++turn);
        }
    }

    /** Nothing is delivered any more when this returns. */
    void close(String why) {
        synchronized (this) {
            closed = true;
            live = false;
            held.clear();
        }
        subscribed.completeExceptionally(new RelayUnavailableException(why));
    }
}
