package io.roomcast.local;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.room.MessageLog;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The log of one room in the memory of this process: epoch and offset, history, and idempotency keys. A
 * {@link LocalRelay} has them alone; over a broker that only appends, each node has a replica. Not thread-safe.
 */
public final class LocalLog {
    private static final long KEY_MEMORY_MILLIS = TimeUnit.SECONDS.toMillis(Relay.KEY_MEMORY_SECONDS);
    /**
     * Epoch and offset are kept this long after the last publish, usually longer than the history. So a client that
     * returns within a day still learns how many messages it missed.
     */
    public static final long NUMBERING_MILLIS = TimeUnit.HOURS.toMillis(24);

    /** Bytes of heap, approximately, of a log without messages and keys. */
    private static final long EMPTY_LOG_BYTES = 1_024;

    private static final long BUSY_RETRY_MILLIS = 1_000;

    /**
     * The result of a publish.
     *
     * @param position of the message, or of the earlier message with the same key
     * @param message null if the room has seen the key before, so that nothing was appended
     */
    record Appended(Position position, StoredMessage message) {}

    private final String epoch;
    private final HistoryLimits limits;
    private final HistoryBudget budget;
    /** Bytes that this room has added to the budget, and not removed. */
    private long chargedBytes;

    private final MessageLog messages;
    private final SeenKeys keys = new SeenKeys();
    /** Time of the last publish, in milliseconds of the relay's clock. */
    private long lastAppendAt;
    /** Offset of the newest message; 0 if the log never had a message. */
    private long offset;
    /** How long epoch and offset are kept, in milliseconds. */
    private final long numberingMillis;
    /** Whether this node is subscribed to the room. */
    boolean subscribed;
    /** Whether a message was appended since the log is in memory. */
    boolean isChanged;

    /** A log that begins. */
    public LocalLog(String epoch, HistoryLimits limits, HistoryBudget budget) {
        this(epoch, 0, NUMBERING_MILLIS, limits, budget);
    }

    /**
     * A log of which an earlier part is not known.
     *
     * @param offset of the last message before those that follow
     */
    public LocalLog(String epoch, long offset, HistoryLimits limits, HistoryBudget budget) {
        this(epoch, offset, NUMBERING_MILLIS, limits, budget);
    }

    private LocalLog(String epoch, long offset, long numberingMillis, HistoryLimits limits, HistoryBudget budget) {
        this.epoch = epoch;
        this.offset = offset;
        this.numberingMillis = numberingMillis;
        this.limits = limits;
        this.budget = budget;
        this.messages = new MessageLog(limits.messages(), limits.bytes());
    }

    /**
     * A log that an archive has, too, so that this one may be discarded at any time. It begins with as many messages as
     * there is space for, and with none where memory is tight: they can be read from the archive. It is in the budget.
     */
    static LocalLog archived(ArchivedLog archived, HistoryLimits limits, HistoryBudget budget) {
        LocalLog log = new LocalLog(archived.epoch(), archived.offset(), 0, limits, budget);
        if (!budget.isTight()) {
            archived.recent().forEach(recent -> log.messages.add(recent.message(), recent.at()));
        }
        archived.keys().forEach(key -> log.keys.add(key.digest(), key.offset(), key.at()));
        log.evictToFitBudget();
        return log;
    }

    LocalLog subscribed(boolean isSubscribed) {
        subscribed = isSubscribed;
        return this;
    }

    public Position position() {
        return new Position(epoch, offset);
    }

    /** The position, with its proof if the log still has the message. */
    public Position provablePosition() {
        List<StoredMessage> last = messages.after(offset - 1, 1, Relay.PAGE_BYTES);
        return last.isEmpty()
                ? position()
                : new Position(epoch, offset, MessageFrames.at(last.get(0).body()));
    }

    /**
     * Appends a message, unless the room has seen its key.
     *
     * @param key may be null
     * @throws ProtocolException {@code busy} if the budget has no space for the log and its keys; keys are not evicted,
     *     since a room must remember each key for {@link Relay#KEY_MEMORY_SECONDS}
     */
    Appended append(KeyDigest key, byte[] body, long now) {
        Position first = find(key, now);
        if (first != null) {
            return new Appended(first, null);
        }
        requireOffsetAfter(offset);
        requireSpaceFor(key);
        StoredMessage message = add(key, body, now);
        return new Appended(position(), message);
    }

    /** @throws ProtocolException {@code bad_request} if no message can follow the one with this offset */
    static void requireOffsetAfter(long offset) {
        if (offset >= Position.MAX_OFFSET) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "the room has no offset left for another message");
        }
    }

    /**
     * The position of the message with the key; null if the room has not seen the key.
     *
     * @param key may be null
     */
    public Position find(KeyDigest key, long now) {
        expire(now);
        long found = key == null ? 0 : keys.find(key);
        return found == 0 ? null : new Position(epoch, found);
    }

    /** Appends the next message, whether there is space or not. The room has not seen the key. */
    public StoredMessage add(KeyDigest key, byte[] body, long now) {
        StoredMessage message = new StoredMessage(++offset, body);
        isChanged = true;
        lastAppendAt = now;
        messages.add(message, now);
        if (key != null) {
            keys.add(key, offset, now);
        }
        evictToFitBudget();
        return message;
    }

    /**
     * Subscribes this node, and returns the position after which the deliveries begin.
     *
     * @throws ProtocolException {@code busy} if the budget has no space for this log and its keys
     */
    Position subscribe() {
        require(budget.allowsToBegin(EMPTY_LOG_BYTES + keys.heapBytes(), chargedBytes));
        subscribed = true;
        return provablePosition();
    }

    /**
     * As {@link #append}, without the message.
     *
     * @param key may be null
     */
    void requireSpaceFor(KeyDigest key) {
        long keyBytes = key == null ? keys.heapBytes() : keys.heapBytesWithOneMore();
        require(budget.allows(EMPTY_LOG_BYTES + keyBytes, chargedBytes));
    }

    /**
     * As {@link #requireSpaceFor}, for a log that is not in memory yet.
     *
     * @param keys number of keys that it will have
     */
    public static void requireSpaceToBegin(HistoryBudget budget, int keys) {
        require(budget.allows(EMPTY_LOG_BYTES + SeenKeys.heapBytesOf(keys), 0));
    }

    /**
     * As {@link #subscribe}, for a log that is not in memory yet.
     *
     * @throws ProtocolException {@code busy} if the budget has no space for it
     */
    public static void requireSpaceToSubscribe(HistoryBudget budget) {
        require(budget.allowsToBegin(EMPTY_LOG_BYTES, 0));
    }

    private static void require(boolean isAllowed) {
        if (!isAllowed) {
            throw new ProtocolException(
                    ErrorCode.BUSY,
                    "the history of this node is full (roomcast.history.node-bytes); try again",
                    BUSY_RETRY_MILLIS);
        }
    }

    public HistoryPage after(long after, int limit, long now) {
        expire(now);
        List<StoredMessage> found = messages.after(after, limit, Relay.PAGE_BYTES);
        boolean more = !found.isEmpty() && found.get(found.size() - 1).offset() < messages.lastOffset();
        return new HistoryPage(epoch, found, more);
    }

    public HistoryPage before(long before, int limit, long now) {
        expire(now);
        long end = before == 0 ? offset + 1 : Math.min(before, offset + 1);
        List<StoredMessage> found = messages.before(end, limit, Relay.PAGE_BYTES);
        boolean more = !found.isEmpty() && found.get(0).offset() > messages.firstOffset();
        return new HistoryPage(epoch, found, more);
    }

    /** Offset of the oldest message in memory; of the next message if there is none. */
    long firstOffset() {
        return messages.size() == 0 ? offset + 1 : messages.firstOffset();
    }

    /** Puts other bodies in place of those of messages that are in memory, if they are of this epoch. */
    void replace(String ofEpoch, List<StoredMessage> changed) {
        if (ofEpoch.equals(epoch)) {
            changed.forEach(messages::replace);
            updateBudget();
        }
    }

    HistoryLimits limits() {
        return limits;
    }

    /** Removes messages and keys that are too old. */
    public void expire(long now) {
        messages.removeBefore(now - limits.age().toMillis());
        keys.removeBefore(now - KEY_MEMORY_MILLIS);
        updateBudget();
    }

    /**
     * Evicts the oldest messages until the log fits into the budget. May evict even the message that was just appended,
     * since its delivery to members does not need the log.
     */
    private void evictToFitBudget() {
        while (!budget.allows(heapBytes(), chargedBytes) && messages.size() > 0) {
            messages.removeFirst();
        }
        updateBudget();
    }

    /** Adds the growth of this log since the last call to the budget. The growth may be negative. */
    public void updateBudget() {
        long bytes = heapBytes();
        if (bytes != chargedBytes) {
            budget.add(bytes - chargedBytes);
            chargedBytes = bytes;
        }
    }

    private long heapBytes() {
        return EMPTY_LOG_BYTES + messages.heapBytes() + keys.heapBytes();
    }

    /**
     * Evicts all messages of a room without subscription if the budget is tight, and lets the room forget its epoch
     * and offset. A returning client learns that it cannot recover the messages.
     */
    void evictIfUnsubscribed() {
        if (!subscribed && budget.isTight()) {
            lastAppendAt = Long.MIN_VALUE / 2;
            evict();
        }
    }

    /** Evicts all messages. The numbering goes on. */
    public void evict() {
        messages.clear();
        updateBudget();
    }

    /** Remembers for longer that the room has seen the key, which it knows. */
    public void renew(KeyDigest key, long now) {
        keys.add(key, keys.find(key), now);
        updateBudget();
    }

    /** Notes a key whose message is before the first one that this log has. */
    public void note(KeyDigest key, long now) {
        keys.add(key, Math.max(offset, 1), now);
        updateBudget();
    }

    /** Whether an archive has the log, too. */
    boolean isArchived() {
        return numberingMillis == 0;
    }

    /** Whether the log has ever had a message. */
    boolean hasHadMessages() {
        return offset > 0;
    }

    /** Removes the bytes of this log from the budget. Called when the log is discarded. */
    public void release() {
        budget.add(-chargedBytes);
        chargedBytes = 0;
    }

    /**
     * Whether the log may be discarded. That is so if it has no subscription, no messages and no keys, and its epoch
     * and offset are no longer kept: there was no publish for {@link #numberingMillis}, or none at all.
     */
    boolean isUnused(long now) {
        boolean keepsPosition = offset > 0 && now - lastAppendAt < numberingMillis;
        return !subscribed && !keepsPosition && messages.size() == 0 && keys.size() == 0;
    }
}
