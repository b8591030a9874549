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

/** One room of a {@link LocalRelay}: its numbering, its history, the keys it has seen. Not thread-safe. */
final class LocalLog {
    private static final long KEY_MEMORY_MILLIS = TimeUnit.SECONDS.toMillis(Relay.KEY_MEMORY_SECONDS);
    /** The numbering outlives the history by far: whoever comes back the next day is told the truth. */
    private static final long NUMBERING_MILLIS = TimeUnit.HOURS.toMillis(24);

    /** Bytes of heap, about, of a room that keeps nothing. */
    private static final long LOG_COST = 1_024;

    private static final long BUSY_RETRY_MILLIS = 1_000;

    /** @param message null for a key that was known */
    record Appended(Position position, StoredMessage message) {}

    private final String epoch;
    private final HistoryLimits limits;
    private final HistoryBudget budget;
    /** What the budget holds of this room. */
    private long counted;

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
     * @param key or null
     * @throws ProtocolException {@code busy} when there is no room to remember the key: it is promised to be known for five minutes
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
        shrink();
        return new Appended(position(), message);
    }

    /** @throws ProtocolException {@code busy} when the node keeps so much that this room has no place */
    void requireSpace() {
        requireSpace(keys.heap());
    }

    private void requireSpace(long keyCost) {
        if (!budget.allows(LOG_COST + keyCost, counted)) {
            throw new ProtocolException(
                    ErrorCode.BUSY,
                    "this node keeps as much as it may (roomcast.history.node-bytes); try again",
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

    /** Lets go of what is too old. */
    void expire(long now) {
        messages.removeBefore(now - limits.age().toMillis());
        keys.removeBefore(now - KEY_MEMORY_MILLIS);
        count();
    }

    /** Lets go of the oldest messages, down to what there is room for; of the last one too, which its members have all the same. */
    private void shrink() {
        while (!budget.allows(cost(), counted) && messages.size() > 0) {
            messages.removeFirst();
        }
        count();
    }

    /** Tells the budget what this room costs now. */
    void count() {
        long cost = cost();
        if (cost != counted) {
            budget.add(cost - counted);
            counted = cost;
        }
    }

    private long cost() {
        return LOG_COST + messages.heap() + keys.heap();
    }

    /** Lets go of the messages that nobody is here for, where memory is tight: whoever comes back is told that they cannot be recovered. */
    void spare() {
        if (!subscribed && budget.isTight()) {
            messages.clear();
            lastAppend = Long.MIN_VALUE / 2;
            count();
        }
    }

    /** Whether something was ever said in it. */
    boolean hasBegun() {
        return offset > 0;
    }

    /** It is forgotten. */
    void release() {
        budget.add(-counted);
        counted = 0;
    }

    /** Whether nobody could tell if this log were made anew. */
    boolean isForgettable(long now) {
        boolean numbered = offset > 0 && now - lastAppend < NUMBERING_MILLIS;
        return !subscribed && !numbered && messages.size() == 0 && keys.size() == 0;
    }
}
