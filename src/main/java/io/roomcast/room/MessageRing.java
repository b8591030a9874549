package io.roomcast.room;

import io.roomcast.protocol.StoredMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * The latest messages of a room, with consecutive offsets, bounded by count and bytes, found by offset in constant time. Not
 * thread-safe.
 */
public final class MessageRing {
    private static final int SMALLEST = 16;

    private final int maxMessages;
    private final long maxBytes;
    private StoredMessage[] slots = new StoredMessage[0];
    private int size;
    private long first = 1;
    private long bytes;

    /** @param maxBytes of bodies */
    public MessageRing(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /** Appends the next message; one that does not follow the last empties the ring first. */
    public void add(StoredMessage message) {
        if (maxMessages == 0) {
            return;
        }
        if (message.offset() != first + size) {
            clear();
            first = message.offset();
        }
        if (size == maxMessages) {
            removeFirst();
        }
        if (size == slots.length) {
            resize(Math.min(maxMessages, Math.max(SMALLEST, size * 2)));
        }
        slots[slot(message.offset())] = message;
        size++;
        bytes += message.body().length;
        while (bytes > maxBytes && size > 1) {
            removeFirst();
        }
    }

    /** Removes the oldest message. */
    public void removeFirst() {
        int slot = slot(first);
        bytes -= slots[slot].body().length;
        slots[slot] = null;
        first++;
        size--;
        if (slots.length > SMALLEST && size < slots.length / 4) {
            resize(slots.length / 2);
        }
    }

    public void clear() {
        slots = new StoredMessage[0];
        first += size;
        size = 0;
        bytes = 0;
    }

    /** Whether every message after {@code offset} and up to the last one is here. */
    public boolean reachesBackTo(long offset) {
        return size > 0 && offset + 1 >= first;
    }

    /** Messages with offsets over {@code after}, oldest first; at most {@code limit}, and of {@code maxBytes} unless one alone has more. */
    public List<StoredMessage> after(long after, int limit, long maxBytes) {
        List<StoredMessage> found = new ArrayList<>();
        long left = maxBytes;
        for (long offset = Math.max(after + 1, first); offset < first + size && found.size() < limit; offset++) {
            StoredMessage message = slots[slot(offset)];
            left -= message.body().length;
            if (left < 0 && !found.isEmpty()) {
                break;
            }
            found.add(message);
        }
        return found;
    }

    /** Messages with offsets under {@code before}, the newest of them, oldest first; bounded as {@link #after}. */
    public List<StoredMessage> before(long before, int limit, long maxBytes) {
        long start = Math.min(before, first + size);
        long left = maxBytes;
        int found = 0;
        while (start > first && found < limit) {
            left -= slots[slot(start - 1)].body().length;
            if (left < 0 && found > 0) {
                break;
            }
            start--;
            found++;
        }
        return after(start - 1, found, Long.MAX_VALUE);
    }

    /** Offset of the oldest message; that of the next one to come when there is none. */
    public long firstOffset() {
        return first;
    }

    /** Offset of the newest message, or of the one before the next when there is none. */
    public long lastOffset() {
        return first + size - 1;
    }

    public int size() {
        return size;
    }

    /** Of all bodies. */
    public long bytes() {
        return bytes;
    }

    private int slot(long offset) {
        return (int) (offset % slots.length);
    }

    private void resize(int capacity) {
        StoredMessage[] old = slots;
        slots = new StoredMessage[capacity];
        for (long offset = first; offset < first + size; offset++) {
            slots[slot(offset)] = old[(int) (offset % old.length)];
        }
    }
}
