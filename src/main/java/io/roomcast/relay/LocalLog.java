package io.roomcast.relay;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.room.MessageRing;
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
    private static final SecureRandom RANDOM = new SecureRandom();

    /** @param message null for a key that was known */
    record Appended(Position position, StoredMessage message) {}

    private record SeenKey(String key, long at) {}

    private final String epoch = randomEpoch();
    private final HistoryLimits limits;
    private final MessageRing messages;
    private final ArrayDeque<Long> times = new ArrayDeque<>();
    private final Map<String, Long> offsetsByKey = new HashMap<>();
    private final ArrayDeque<SeenKey> keysByAge = new ArrayDeque<>();
    private long lastAppend;
    private long offset;
    boolean subscribed;

    LocalLog(HistoryLimits limits) {
        this.limits = limits;
        this.messages = new MessageRing(limits.messages(), limits.bytes());
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
        messages.add(message);
        times.add(now);
        dropTimes();
        if (key != null) {
            offsetsByKey.put(key, offset);
            keysByAge.add(new SeenKey(key, now));
        }
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
        long oldest = now - limits.age().toMillis();
        while (!times.isEmpty() && times.peek() < oldest) {
            times.remove();
            messages.removeFirst();
        }
        while (!keysByAge.isEmpty() && keysByAge.peek().at() < now - KEY_MEMORY_MILLIS) {
            offsetsByKey.remove(keysByAge.remove().key());
        }
    }

    /** Whether nobody could tell if this log were made anew. */
    boolean isForgettable(long now) {
        boolean numbered = offset > 0 && now - lastAppend < NUMBERING_MILLIS;
        return !subscribed && !numbered && messages.size() == 0 && offsetsByKey.isEmpty();
    }

    private void dropTimes() {
        while (times.size() > messages.size()) {
            times.remove();
        }
    }

    private static String randomEpoch() {
        byte[] bytes = new byte[9];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
