package io.roomcast.relay;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.room.MessageLog;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One room of a {@link LocalRelay}: its numbering, its history, the keys it has seen. Not thread-safe. */
final class LocalLog {
    private static final long KEY_MEMORY_MILLIS = TimeUnit.SECONDS.toMillis(Relay.KEY_MEMORY_SECONDS);
    /** The numbering outlives the history by far: whoever comes back the next day is told the truth. */
    private static final long NUMBERING_MILLIS = TimeUnit.HOURS.toMillis(24);

    private static final long PAGE_BYTES = 256 * 1024;
    /** Of heap, about: a room that was ever published to, and a key with its place in two lists. */
    private static final long LOG_COST = 1_024;

    private static final long KEY_COST = 200;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** @param message null for a key that was known */
    record Appended(Position position, StoredMessage message) {}

    private record SeenKey(String key, long at) {}

    private final String epoch = randomEpoch();
    private final HistoryLimits limits;
    private final HistoryBudget budget;
    /** What the budget holds of this room. */
    private long counted;

    private final MessageLog messages;
    private final Map<String, Long> offsetsByKey = new HashMap<>();
    private final ArrayDeque<SeenKey> keysByAge = new ArrayDeque<>();
    private long lastAppend;
    private long offset;
    boolean subscribed;

    LocalLog(HistoryLimits limits, HistoryBudget budget) {
        this.limits = limits;
        this.budget = budget;
        this.messages = new MessageLog(limits.messages(), limits.bytes());
    }

    Position position() {
        return new Position(epoch, offset);
    }

    Appended append(String key, byte[] body, long now) {
        expire(now);
        if (key != null) {
            Long known = offsetsByKey.get(key);
            if (known != null) {
                return new Appended(new Position(epoch, known), null);
            }
        }
        StoredMessage message = new StoredMessage(++offset, body);
        lastAppend = now;
        messages.add(message, now);
        if (key != null) {
            offsetsByKey.put(key, offset);
            keysByAge.add(new SeenKey(key, now));
        }
        shrink();
        return new Appended(position(), message);
    }

    HistoryPage after(long after, int limit, long now) {
        expire(now);
        List<StoredMessage> found = messages.after(after, limit, PAGE_BYTES);
        boolean more = !found.isEmpty() && found.get(found.size() - 1).offset() < messages.lastOffset();
        return new HistoryPage(epoch, found, more);
    }

    HistoryPage before(long before, int limit, long now) {
        expire(now);
        long end = before == 0 ? offset + 1 : Math.min(before, offset + 1);
        List<StoredMessage> found = messages.before(end, limit, PAGE_BYTES);
        boolean more = !found.isEmpty() && found.get(0).offset() > messages.firstOffset();
        return new HistoryPage(epoch, found, more);
    }

    /** Lets go of what is too old. */
    void expire(long now) {
        messages.removeBefore(now - limits.age().toMillis());
        while (!keysByAge.isEmpty() && keysByAge.peek().at() < now - KEY_MEMORY_MILLIS) {
            offsetsByKey.remove(keysByAge.remove().key());
        }
        count();
    }

    /** Lets go of the oldest, down to what there is room for; the last message stays, and its key. */
    private void shrink() {
        while (!budget.allows(cost(), counted) && (messages.size() > 1 || keysByAge.size() > 1)) {
            if (messages.size() > 1 && (keysByAge.size() <= 1 || messages.heap() >= keyCost())) {
                messages.removeFirst();
            } else {
                offsetsByKey.remove(keysByAge.remove().key());
            }
        }
        count();
    }

    private void count() {
        long cost = cost();
        if (cost != counted) {
            budget.add(cost - counted);
            counted = cost;
        }
    }

    private long cost() {
        return offset == 0 ? 0 : LOG_COST + messages.heap() + keyCost();
    }

    private long keyCost() {
        return KEY_COST * keysByAge.size();
    }

    /** Lets go of what nobody is here for, where memory is tight: whoever comes back is told that it cannot be recovered. */
    void spare() {
        if (!subscribed && budget.isTight()) {
            messages.clear();
            offsetsByKey.clear();
            keysByAge.clear();
            lastAppend = Long.MIN_VALUE / 2;
            count();
        }
    }

    /** It is forgotten. */
    void release() {
        budget.add(-counted);
        counted = 0;
    }

    /** Whether nobody could tell if this log were made anew. */
    boolean isForgettable(long now) {
        boolean numbered = offset > 0 && now - lastAppend < NUMBERING_MILLIS;
        return !subscribed && !numbered && messages.size() == 0 && offsetsByKey.isEmpty();
    }

    private static String randomEpoch() {
        byte[] bytes = new byte[9];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
