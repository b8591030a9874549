package io.roomcast.cursor;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.RelayListener;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * This node's position in a room, from the start of a subscription to its end. While the cursor is in sync, it delivers
 * each message of the channel that follows directly on the last one. Messages may be missing if the subscription is
 * new, if the broker was unreachable, or after a gap or a change of the epoch. The cursor then holds the messages that
 * arrive, and reads the log. It delivers the missing messages, and is in sync again.
 *
 * <pre>
 *   NEW ──subscribed──▶ READING ──caught up──▶ IN SYNC
 *                          ▲                      │ gap, other epoch, subscribed again
 *                          └──────────────────────┘
 * </pre>
 *
 * <p><b>Lost data.</b> A read also fetches the message that was delivered last. If there is another message at its
 * offset, the broker has lost messages and used their offsets again, after a failover or a restart from an older file. The
 * cursor then ends the epoch, and resets the listener. The channel has the messages of an epoch in order. If an offset
 * does not grow there, the data may have stepped back, so that the log is read.
 *
 * <p><b>Concurrency.</b> The cursor's monitor guards all state. Deliveries are made inside the monitor, by the
 * subscriber's or a reader's thread. The listener only queues them. {@code readNumber} counts the reads. Only the reply
 * to the latest read is used.
 */
public final class RoomCursor {
    /** Most messages that are held during a read. If more arrive, all are dropped, and the log is read again. */
    private static final int MAX_HELD = 1_000;

    private static final long MAX_HELD_BYTES = 1 << 20;
    /**
     * A room without new messages is read after this time, so that the broker keeps the room's numbering. The numbering of a
     * room that never had a message expires an hour after the last read. Other rooms have at least seven days.
     */
    static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(15);

    /**
     * Reads the log for a cursor. Called inside the cursor's monitor, so that the methods must return at once, and
     * reply later.
     */
    public interface LogReader {
        /** Reads a page of the log, then calls {@link #pageRead} with the same read number. */
        void read(RoomCursor cursor, int readNumber);

        /** Ends the cursor's epoch, then calls {@link #retry} with the same read number. */
        void renumber(RoomCursor cursor, int readNumber);
    }

    /**
     * A message that arrived on the channel of the room. The array {@code body} is shared, so that no reader may change
     * it.
     *
     * @param run run of the server that stored the message. A server may also pass on messages of other servers, even
     *     those of a former master.
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Arrival(String epoch, long offset, String run, byte[] body) {}

    /**
     * A message that arrived during a read.
     *
     * @param readNumber number of this read
     */
    private record Held(Arrival message, int readNumber) {}

    private final RoomName room;
    private final RelayListener listener;
    private final LogReader logReader;
    private final GapCounter gapCounter;
    private final LongSupplier nanoClock;
    private final long createdAtNanos;
    private final CompletableFuture<Position> subscribed = new CompletableFuture<>();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    /** Total bytes of the bodies of the held messages. */
    private long heldBytes;
    /** Whether the log must be read again, since a message arrived during the current read and is not held. */
    private boolean rereadDue;

    private boolean closed;
    /** Whether no read is in progress, so that messages are delivered when they arrive. */
    private boolean inSync;
    /** Number of the latest read; 0 if there was none. */
    private int readNumber;
    /** When the log was last read or a message was last delivered, in nanoseconds. */
    private long lastActivityNanos;
    /** The run of the server whose channel this cursor listens to; null until the channel is subscribed. */
    private String serverRun;
    /** The epoch of the latest message of the channel; null if none has arrived since it was subscribed. */
    private String channelEpoch;
    /** Offset of the latest message of the channel. */
    private long channelOffset;
    /** Null until the position of the subscription is known. */
    private String epoch;

    /** Offset of the last message that was delivered or skipped. */
    private long offset;
    /** Body of the message at {@code offset}, or null if the body is not known. */
    private byte[] lastBody;
    /** Whether the listener must still be reset, since the epoch has changed. */
    private boolean resetDue;

    /** @param nanoClock as {@link System#nanoTime} */
    public RoomCursor(
            RoomName room, RelayListener listener, LogReader logReader, NodeMetrics metrics, LongSupplier nanoClock) {
        this.room = room;
        this.listener = listener;
        this.logReader = logReader;
        this.gapCounter = new GapCounter(metrics);
        this.nanoClock = nanoClock;
        this.createdAtNanos = nanoClock.getAsLong();
        this.lastActivityNanos = createdAtNanos;
    }

    public RoomName room() {
        return room;
    }

    /** When the subscription was requested, by the nanosecond clock. */
    public long createdAtNanos() {
        return createdAtNanos;
    }

    /** Completes with the position of the subscription. Fails if the subscription fails or ends first. */
    public CompletableFuture<Position> subscribed() {
        return subscribed;
    }

    /** The position of the last message that was delivered or skipped. Null before the first page is read. */
    public synchronized Position position() {
        return epoch == null ? null : new Position(epoch, offset);
    }

    /** The message at {@link #position}, or null. */
    public synchronized SeenMessage lastSeen() {
        return epoch == null ? null : SeenMessage.of(new Position(epoch, offset), lastBody);
    }

    /**
     * Must be called when the channel is subscribed. Reads the log if messages may be missing.
     *
     * @param isNew whether the channel was subscribed just now, so that messages may be missing
     * @param run run of the server that serves the channel: a server that has lost data has another one
     */
    public synchronized void channelSubscribed(boolean isNew, String run) {
        if (isNew || readNumber == 0 || !run.equals(serverRun)) {
            serverRun = run;
            channelEpoch = null;
            read();
        }
    }

    /**
     * Takes a message that arrived. A message may be stored by another server than the one to which this cursor
     * listens. It may then belong to a log that other nodes have abandoned, so that the log is read instead. The log is
     * also read if the message differs from the message that was delivered at its position, or if it comes again.
     */
    public synchronized void arrive(Arrival message) {
        if (!message.run().equals(serverRun) || noteStepBack(message) || isOtherThanDelivered(message)) {
            if (inSync) {
                read();
            } else {
                rereadDue = true;
            }
            return;
        }
        if (inSync && message.epoch().equals(epoch) && message.offset() <= offset + 1) {
            if (message.offset() > offset) {
                deliver(message.offset(), message.body());
            }
        } else if (!closed) {
            hold(message);
            if (inSync) {
                gapCounter.gapFound();
                read();
            }
        }
    }

    /**
     * Notes the message as the latest of the channel, and returns whether the channel had its offset or a later one
     * before. If this is its first message of the epoch, the offset is compared with the position: the message may also
     * be one that was published while the log was read.
     */
    private boolean noteStepBack(Arrival message) {
        boolean stepsBack = message.epoch().equals(channelEpoch)
                ? message.offset() <= channelOffset
                : inSync && message.epoch().equals(epoch) && message.offset() <= offset;
        channelEpoch = message.epoch();
        channelOffset = message.offset();
        return stepsBack;
    }

    private boolean isOtherThanDelivered(Arrival message) {
        return inSync
                && message.epoch().equals(epoch)
                && message.offset() == offset
                && lastBody != null
                && !MessageFrames.isSame(lastBody, message.body());
    }

    /** Takes an unknown envelope that arrived. Reads the log, which may have a message for the envelope. */
    public synchronized void arriveUnknown() {
        rereadDue = true;
        gapCounter.unknownEnvelope();
        if (inSync) {
            read();
        }
    }

    /** Takes a signal that arrived. */
    public synchronized void signal(FrameKind kind, byte[] frame) {
        if (!closed) {
            listener.signal(room, kind, frame);
        }
    }

    /** Takes a page of the log. Completes the subscription outside of the monitor, before the first delivery. */
    public void pageRead(int number, LogPage page) {
        Position first = applyPage(number, page);
        if (first != null) {
            subscribed.complete(first);
            releaseHeldIfCurrent(number);
        }
    }

    /** @return the position of the subscription if this was its first page, or else null */
    private synchronized Position applyPage(int number, LogPage page) {
        if (closed || number != readNumber) {
            return null;
        }
        if (epoch == null) {
            epoch = page.epoch();
            offset = page.offset();
            lastBody = bodyAt(offset, page);
            return provablePosition();
        }
        if (!page.epoch().equals(epoch)) {
            // The page begins after an offset of the old epoch, and cannot be used.
            epoch = page.epoch();
            offset = page.base();
            lastBody = null;
            resetDue = true;
            read();
        } else if (isOverwrittenIn(page)) {
            logReader.renumber(this, readNumber);
        } else {
            byte[] body = bodyAt(offset, page);
            lastBody = body == null ? lastBody : body; // It may have been erased.
            catchUp(page);
        }
        return null;
    }

    private Position provablePosition() {
        return new Position(epoch, offset, lastBody == null ? 0 : MessageFrames.at(lastBody));
    }

    /** The body of the message at the offset, or null if the page does not begin with it. */
    private static byte[] bodyAt(long offset, LogPage page) {
        List<StoredMessage> messages = page.messages();
        return messages.isEmpty() || messages.get(0).offset() != offset
                ? null
                : messages.get(0).body();
    }

    /** Whether the page has another message at the offset of the last delivered message. */
    private boolean isOverwrittenIn(LogPage page) {
        byte[] body = bodyAt(offset, page);
        return lastBody != null && body != null && !MessageFrames.isSame(lastBody, body);
    }

    private void catchUp(LogPage page) {
        List<StoredMessage> missing = page.messages().stream()
                .filter(message -> message.offset() > offset)
                .toList();
        long next = missing.isEmpty() ? page.offset() + 1 : missing.get(0).offset();
        if (resetDue || next > offset + 1) {
            resetDue = false;
            offset = next - 1;
            lastBody = bodyAt(offset, page);
            gapCounter.messagesLost();
            listener.reset(room, provablePosition());
        }
        missing.forEach(message -> deliver(message.offset(), message.body()));
        gapCounter.messagesRepaired(missing.size());
        if (page.more()) {
            read();
        } else {
            releaseHeld();
        }
    }

    private synchronized void releaseHeldIfCurrent(int number) {
        if (!closed && number == readNumber) {
            releaseHeld();
        }
    }

    private void releaseHeld() {
        for (Held first = held.peek(); first != null; first = held.peek()) {
            Arrival message = first.message();
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
        if (rereadDue) {
            read();
        } else {
            inSync = true;
            gapCounter.gapClosed();
        }
    }

    private void hold(Arrival message) {
        held.add(new Held(message, readNumber));
        heldBytes += message.body().length;
        if (held.size() > MAX_HELD || heldBytes > MAX_HELD_BYTES) {
            held.clear();
            heldBytes = 0;
            rereadDue = true;
        }
    }

    private void deliver(long next, byte[] body) {
        offset = next;
        lastBody = body;
        lastActivityNanos = nanoClock.getAsLong();
        listener.deliver(room, new StoredMessage(next, body));
    }

    /** Reads the log of a room without new messages, so that the broker keeps the room's numbering. */
    synchronized void readIfQuiet(long now) {
        if (inSync && now - lastActivityNanos > QUIET_NANOS) {
            read();
        }
    }

    /** Reads the log again, unless another read has started since the failed one. */
    public synchronized void retry(int failedRead) {
        if (failedRead == readNumber) {
            read();
        }
    }

    private void read() {
        if (!closed) {
            inSync = false;
            rereadDue = false;
            lastActivityNanos = nanoClock.getAsLong();
            logReader.read(this, ++readNumber);
        }
    }

    /** Ends the cursor. Nothing is delivered after this method has returned. */
    void close(String why) {
        synchronized (this) {
            closed = true;
            inSync = false;
            held.clear();
        }
        subscribed.completeExceptionally(new RelayUnavailableException(why));
    }
}
