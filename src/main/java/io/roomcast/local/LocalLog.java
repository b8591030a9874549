package io.roomcast.local;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.room.MessageLog;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The log of one room of a {@link LocalRelay}: epoch and offset, history, and idempotency keys. Not thread-safe. */
final class LocalLog {
    private static final long KEY_MEMORY_MILLIS = TimeUnit.SECONDS.toMillis(Relay.KEY_MEMORY_SECONDS);
    /**
     * How long epoch and offset outlive the last publish. Usually the history is shorter: a client that returns within
     * a day learns how many messages it missed.
     */
    private static final long NUMBERING_MILLIS = TimeUnit.HOURS.toMillis(24);

    /** Bytes of heap, approximately, of a log without messages and keys. */
    private static final long LOG_COST = 1_024;

    private static final long BUSY_RETRY_MILLIS = 1_000;

    /** @param message null if the key was known, so that nothing was appended */
    record Appended(Position position, StoredMessage message) {}

    private final String epoch;
    private final HistoryLimits limits;
    private final HistoryBudget budget;
    /** Bytes that this room has added to the budget. */
    private long charged;

    private final MessageLog messages;
    private final SeenKeys keys = new SeenKeys();
    private long lastAppend;
    private long offset;
    boolean subscribed;

    LocalLog(String epoch, HistoryLimits limits, HistoryBudget budget) {
        this.epoch = epoch;
        this.limits = limits;
        this.budget = budget;
        this.messages = new MessageLog(limits.messages(), limits.bytes());
    }

    Position position() {
        return new Position(epoch, offset);
    }

    /**
     * Appends a message, unless its key is known.
     *
     * @param key may be null
     * @throws ProtocolException {@code busy} if the budget has no space for the log and its keys; keys are not evicted,
     *     since a room must remember each for {@link Relay#KEY_MEMORY_SECONDS}
     */
    Appended append(KeyDigest key, byte[] body, long now) {
        expire(now);
        long known = key == null ? 0 : keys.find(key);
        if (known > 0) {
            return new Appended(new Position(epoch, known), null);
        }
        requireSpace(key == null ? keys.heap() : keys.heapWithOneMore());
        StoredMessage message = new StoredMessage(++offset, body);
        lastAppend = now;
        messages.add(message, now);
        if (key != null) {
            keys.add(key, offset, now);
        }
        evictMessages();
        return new Appended(position(), message);
    }

    /** @throws ProtocolException {@code busy} if the budget has no space for this log and its keys */
    void requireSpace() {
        requireSpace(keys.heap());
    }

    private void requireSpace(long keyCost) {
        if (!budget.allows(LOG_COST + keyCost, charged)) {
            throw new ProtocolException(
                    ErrorCode.BUSY,
                    "the history of this node is full (roomcast.history.node-bytes); try again",
                    BUSY_RETRY_MILLIS);
        }
    }

    HistoryPage after(long after, int limit, long now) {
        expire(now);
        List<StoredMessage> found = messages.after(after, limit, Relay.PAGE_BYTES);
        boolean more = !found.isEmpty() && found.get(found.size() - 1).offset() < messages.lastOffset();
        return new HistoryPage(epoch, found, more);
    }

    HistoryPage before(long before, int limit, long now) {
        expire(now);
        long end = before == 0 ? offset + 1 : Math.min(before, offset + 1);
        List<StoredMessage> found = messages.before(end, limit, Relay.PAGE_BYTES);
        boolean more = !found.isEmpty() && found.get(0).offset() > messages.firstOffset();
        return new HistoryPage(epoch, found, more);
    }

    /** Removes messages and keys that are too old. */
    void expire(long now) {
        messages.removeBefore(now - limits.age().toMillis());
        keys.removeBefore(now - KEY_MEMORY_MILLIS);
        count();
    }

    /**
     * Evicts the oldest messages until the log fits into the budget. May evict even the message that was just appended:
     * members receive it by its delivery.
     */
    private void evictMessages() {
        while (!budget.allows(cost(), charged) && messages.size() > 0) {
            messages.removeFirst();
        }
        count();
    }

    /** Updates the bytes of this room in the budget. */
    void count() {
        long cost = cost();
        if (cost != charged) {
            budget.add(cost - charged);
            charged = cost;
        }
    }

    private long cost() {
        return LOG_COST + messages.heap() + keys.heap();
    }

    /**
     * Evicts all messages of a room without subscription if the budget is tight, and ends the retention of its epoch
     * and offset. A returning client is told that it cannot recover the messages.
     */
    void evictIfIdle() {
        if (!subscribed && budget.isTight()) {
            messages.clear();
            lastAppend = Long.MIN_VALUE / 2;
            count();
        }
    }

    /** Whether the log has ever had a message. */
    boolean hasBegun() {
        return offset > 0;
    }

    /** Removes the bytes of this log from the budget. Called when the log is discarded. */
    void release() {
        budget.add(-charged);
        charged = 0;
    }

    /**
     * Whether the log may be discarded: it has no subscription, no messages and no keys, and its epoch and offset are
     * not retained (no publish for {@link #NUMBERING_MILLIS}, or none at all).
     */
    boolean isDiscardable(long now) {
        boolean numbered = offset > 0 && now - lastAppend < NUMBERING_MILLIS;
        return !subscribed && !numbered && messages.size() == 0 && keys.size() == 0;
    }
}
