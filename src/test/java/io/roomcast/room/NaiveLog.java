package io.roomcast.room;

import io.roomcast.protocol.StoredMessage;
import java.util.ArrayList;
import java.util.List;

/** What {@link MessageLog} promises, in the plainest way: every message in a list. */
final class NaiveLog {
    private final int maxMessages;
    private final long maxBytes;
    private final List<StoredMessage> messages = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();

    NaiveLog(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    void add(StoredMessage message, long at) {
        if (!messages.isEmpty() && message.offset() != lastOffset() + 1) {
            clear();
        }
        messages.add(message);
        times.add(at);
        while (messages.size() > maxMessages || messages.size() > 1 && bytes() > maxBytes) {
            removeFirst();
        }
    }

    void replace(StoredMessage other) {
        messages.replaceAll(message -> message.offset() == other.offset() ? other : message);
    }

    void removeFirst() {
        messages.remove(0);
        times.remove(0);
    }

    void removeBefore(long time) {
        while (!times.isEmpty() && times.get(0) < time) {
            removeFirst();
        }
    }

    void clear() {
        messages.clear();
        times.clear();
    }

    boolean reachesBackTo(long offset) {
        return !messages.isEmpty() && firstOffset() <= offset + 1;
    }

    List<StoredMessage> after(long after, int limit, long bytes) {
        List<StoredMessage> found = new ArrayList<>();
        messages.stream().filter(message -> message.offset() > after).forEach(found::add);
        while (found.size() > limit || found.size() > 1 && bytes(found) > bytes) {
            found.remove(found.size() - 1);
        }
        return found;
    }

    List<StoredMessage> before(long before, int limit, long bytes) {
        List<StoredMessage> found = new ArrayList<>();
        messages.stream().filter(message -> message.offset() < before).forEach(found::add);
        while (found.size() > limit || found.size() > 1 && bytes(found) > bytes) {
            found.remove(0);
        }
        return found;
    }

    long firstOffset() {
        return messages.get(0).offset();
    }

    long lastOffset() {
        return messages.get(messages.size() - 1).offset();
    }

    int size() {
        return messages.size();
    }

    private long bytes() {
        return bytes(messages);
    }

    private static long bytes(List<StoredMessage> messages) {
        return messages.stream().mapToLong(message -> message.body().length).sum();
    }
}
