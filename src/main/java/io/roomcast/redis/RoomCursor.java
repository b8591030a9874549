package io.roomcast.redis;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.Envelope;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.SeenMessage;
import io.roomcast.relay.RelayListener;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * This node's position in a room, from a subscription to its end. While it is live, it delivers each message of the
 * channel that follows directly on the one before. If messages may be missing (the subscription is new, Redis was
 * unreachable, there is a gap, or another epoch), it holds what arrives, reads the log, delivers the missing messages,
 * and is live again.
 *
 * <pre>
 *   NEW ──subscribed──▶ READING ──caught up──▶ LIVE
 *                          ▲                    │ gap, other epoch, subscribed again
 *                          └────────────────────┘
 * </pre>
 *
 * <p><b>Lost data.</b> A read also fetches the message that was delivered last. If there is another message at its
 * offset, Redis has lost messages and used their offsets again, after a failover or a restart from an older file. The
 * cursor then ends the epoch, and tells the listener.
 *
 * <p><b>Concurrency.</b> The monitor guards all state. Deliveries are made inside it, by the subscriber's or a reader's
 * thread; the listener only appends them. {@code readNumber} counts the reads: only the reply to the latest is used.
 */
final class RoomCursor {
    private static final int MAX_HELD = 1_000;
    private static final long MAX_HELD_BYTES = 1 << 20;
    /**
     * A room without messages is read after this time: Redis drops the numbering of a room that is not touched for an
     * hour.
     */
    static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(15);

    /**
     * Reads the log for a cursor. Called inside its monitor: must return at once, and reply later with the same read
     * number.
     */
    interface Log {
        void read(RoomCursor cursor, int readNumber);

        /** Ends the cursor's epoch, then makes it read again. */
        void renumber(RoomCursor cursor, int readNumber);
    }

    /** Counts the gaps in a room's delivery, each once: when it is seen, and when it ends by repair or with a loss. */
    private static final class GapCounter {
        private final NodeMetrics metrics;
        private boolean open;
        private boolean lossy;
        /** Whether an unknown envelope came: reading its message from the log is no repair. */
        private boolean unknown;

        GapCounter(NodeMetrics metrics) {
            this.metrics = metrics;
        }

        /** Messages are missing. */
        void seen() {
            if (!open) {
                open = true;
                metrics.increment(Counter.GAPS_SEEN);
            }
        }

        /** An unknown envelope came; its message will be read from the log. */
        void unknownEnvelope() {
            unknown = true;
        }

        /** Messages are missing that the log does not have any more. */
        void lost() {
            seen();
            lossy = true;
        }

        /** So many missing messages were read from the log. */
        void repaired(int messages) {
            if (messages > 0) {
                if (!unknown) {
                    seen();
                }
                metrics.add(Counter.MESSAGES_REPAIRED, messages);
            }
        }

        /** The gap is over: all messages of the log were delivered. */
        void closed() {
            if (lossy) {
                metrics.increment(Counter.GAPS_LOST);
            } else if (open) {
                metrics.increment(Counter.GAPS_REPAIRED);
            }
            open = false;
            lossy = false;
            unknown = false;
        }
    }

    private record Held(Envelope.Message message, int readNumber) {}

    private final RoomName room;
    private final RoomKeys keys;
    private final RelayListener listener;
    private final Log log;
    private final GapCounter gap;
    private final LongSupplier nanoClock;
    private final long createdAt;
    private final CompletableFuture<Position> subscribed = new CompletableFuture<>();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private long heldBytes;
    /** Whether a message arrived that is not held. */
    private boolean missed;

    private boolean closed;
    private boolean live;
    private int readNumber;
    /** When a message was last read or delivered, in nanoseconds. */
    private long touchedAt;
    /** The run of the server whose channel this cursor listens to; null until the channel is subscribed. */
    private String run;
    /** Null until the position of the subscription is known. */
    private String epoch;

    private long offset;
    /** Body of the message at {@code offset}, or null if it is not known. */
    private byte[] lastBody;
    /** Whether the listener has not been told of the epoch yet. */
    private boolean resetDue;

    /** @param nanoClock as {@link System#nanoTime} */
    RoomCursor(
            RoomName room,
            RoomKeys keys,
            RelayListener listener,
            Log log,
            NodeMetrics metrics,
            LongSupplier nanoClock) {
        this.room = room;
        this.keys = keys;
        this.listener = listener;
        this.log = log;
        this.gap = new GapCounter(metrics);
        this.nanoClock = nanoClock;
        this.createdAt = nanoClock.getAsLong();
        this.touchedAt = createdAt;
    }

    RoomName room() {
        return room;
    }

    RoomKeys keys() {
        return keys;
    }

    /** When the subscription was requested, by the nanosecond clock. */
    long createdAt() {
        return createdAt;
    }

    CompletableFuture<Position> subscribed() {
        return subscribed;
    }

    /** The last position that was delivered or read, or null. */
    synchronized Position known() {
        return epoch == null ? null : new Position(epoch, offset);
    }

    /** As {@link #known}, with a checksum of the message there. */
    synchronized SeenMessage seen() {
        return epoch == null ? null : SeenMessage.of(new Position(epoch, offset), lastBody);
    }

    /**
     * The channel is subscribed.
     *
     * @param isNew whether it was subscribed just now, so that messages may be missing
     * @param serverRun of the server whose channel it is: see {@code RedisConnection.serverRun()}
     */
    synchronized void channelSubscribed(boolean isNew, String serverRun) {
        if (isNew || readNumber == 0 || !serverRun.equals(run)) {
            run = serverRun;
            read();
        }
    }

    /**
     * A message arrived. If another server stored it than the one to which this cursor listens, it may belong to a log
     * that others have left: then the log is read instead. So it is if the message differs from the one that was
     * delivered at its position.
     */
    synchronized void arrive(Envelope.Message message) {
        if (!message.run().equals(run) || isOtherThanDelivered(message)) {
            if (live) {
                read();
            } else {
                missed = true;
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

    private boolean isOtherThanDelivered(Envelope.Message message) {
        return live
                && message.epoch().equals(epoch)
                && message.offset() == offset
                && lastBody != null
                && !Arrays.equals(lastBody, message.body());
    }

    /** An unknown envelope arrived: the log may have a message for it. */
    synchronized void arriveUnknown() {
        missed = true;
        gap.unknownEnvelope();
        if (live) {
            read();
        }
    }

    synchronized void signal(Envelope.Signal signal) {
        if (!closed) {
            listener.signal(room, signal.kind(), signal.frame());
        }
    }

    /** Uses a page of the log. Completes the subscription outside of the monitor, before the first delivery. */
    void pageRead(int number, LogPage page) {
        Position first = use(number, page);
        if (first != null) {
            subscribed.complete(first);
            resume(number);
        }
    }

    private synchronized Position use(int number, LogPage page) {
        if (closed || number != readNumber) {
            return null;
        }
        if (epoch == null) {
            epoch = page.epoch();
            offset = page.offset();
            List<StoredMessage> newest = page.messages();
            lastBody = newest.isEmpty() || newest.get(0).offset() != offset
                    ? null
                    : newest.get(0).body();
            return new Position(epoch, offset);
        }
        if (!page.epoch().equals(epoch)) {
            // The page was read after an offset of the old epoch, and cannot be used.
            epoch = page.epoch();
            offset = page.base();
            lastBody = null;
            resetDue = true;
            read();
        } else if (isOverwrittenIn(page)) {
            log.renumber(this, readNumber);
        } else {
            catchUp(page);
        }
        return null;
    }

    private boolean isOverwrittenIn(LogPage page) {
        List<StoredMessage> messages = page.messages();
        return lastBody != null
                && !messages.isEmpty()
                && messages.get(0).offset() == offset
                && !Arrays.equals(lastBody, messages.get(0).body());
    }

    private void catchUp(LogPage page) {
        List<StoredMessage> missing = page.messages().stream()
                .filter(message -> message.offset() > offset)
                .toList();
        long next = missing.isEmpty() ? page.offset() + 1 : missing.get(0).offset();
        if (resetDue || next > offset + 1) {
            resetDue = false;
            offset = next - 1;
            lastBody = null;
            gap.lost();
            listener.reset(room, new Position(epoch, offset));
        }
        missing.forEach(message -> deliver(message.offset(), message.body()));
        gap.repaired(missing.size());
        if (page.more()) {
            read();
        } else {
            releaseHeld();
        }
    }

    private synchronized void resume(int number) {
        if (!closed && number == readNumber) {
            releaseHeld();
        }
    }

    private void releaseHeld() {
        for (Held first = held.peek(); first != null; first = held.peek()) {
            Envelope.Message message = first.message();
            boolean sameEpoch = message.epoch().equals(epoch);
            if (sameEpoch && message.offset() == offset + 1) {
                deliver(message.offset(), message.body());
            } else if (sameEpoch ? message.offset() > offset : first.readNumber() == readNumber) {
                read();
                return;
            }
            // The message was delivered from the log, or belongs to an epoch that had ended when the log was read.
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
        held.add(new Held(message, readNumber));
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
        touchedAt = nanoClock.getAsLong();
        listener.deliver(room, new StoredMessage(next, body));
    }

    /** Reads a room without messages now and then, so that Redis keeps its numbering while it is open. */
    synchronized void renew(long nanos) {
        if (live && nanos - touchedAt > QUIET_NANOS) {
            read();
        }
    }

    /** Reads again, unless another read was started since. */
    synchronized void retry(int failed) {
        if (failed == readNumber) {
            read();
        }
    }

    private void read() {
        if (!closed) {
            live = false;
            missed = false;
            touchedAt = nanoClock.getAsLong();
            log.read(this, ++readNumber);
        }
    }

    /** Nothing is delivered after this returns. */
    void close(String why) {
        synchronized (this) {
            closed = true;
            live = false;
            held.clear();
        }
        subscribed.completeExceptionally(new RelayUnavailableException(why));
    }
}
