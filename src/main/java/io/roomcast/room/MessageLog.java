package io.roomcast.room;

import io.roomcast.protocol.StoredMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * The latest messages of a room, with consecutive offsets and the times at which they came, bounded by count and bytes, found by offset in
 * logarithmic time. They are kept in segments as Kafka keeps a log's, not as objects: whoever collects garbage has a few arrays to
 * copy or mark for a room, not three objects for each message. A segment goes with its last message; no more than some eighth of
 * the heap is unused at either end. Not thread-safe.
 */
public final class MessageLog {
    /** Bytes of bodies; one that is larger is a segment by itself. */
    private static final int LARGEST_SEGMENT = 16 * 1024;

    private static final int SMALLEST_SEGMENT = 256;
    /** A segment is that part of what is kept: half-filled and half-expired ones cost little of it. */
    private static final int SHARE = 8;

    private final int maxMessages;
    private final long maxBytes;
    /** From {@link #oldest} on; the slots before it are empty, and cut off together, so that a log of a million segments need not move them all for one. */
    private final List<LogSegment> segments = new ArrayList<>(0);

    private int oldest;
    private int size;
    private long first = 1;
    private long bytes;
    private long heap;

    /** @param maxBytes of bodies */
    public MessageLog(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /** Appends the next message, whose age nobody will ask for. */
    public void add(StoredMessage message) {
        add(message, 0);
    }

    /**
     * Appends the next message; one that does not follow the last empties the log first.
     *
     * @param at milliseconds since any moment
     */
    public void add(StoredMessage message, long at) {
        if (maxMessages == 0) {
            return;
        }
        if (message.offset() != first + size) {
            clear();
            first = message.offset();
        }
        append(message, at);
        size++;
        bytes += message.body().length;
        while (size > maxMessages || bytes > maxBytes && size > 1) {
            removeFirst();
        }
    }

    private void append(StoredMessage message, long at) {
        LogSegment last = size == 0 ? null : segments.get(segments.size() - 1);
        heap -= last == null ? 0 : last.heap();
        if (last == null || !last.takes(message, at)) {
            if (last != null) {
                last.seal();
                heap += last.heap();
            }
            last = new LogSegment(message, at, capacity());
            segments.add(last);
        }
        last.add(message, at);
        heap += last.heap();
    }

    private int capacity() {
        return (int) Math.max(SMALLEST_SEGMENT, Math.min(LARGEST_SEGMENT, bytes / SHARE));
    }

    /** Removes the oldest message. */
    public void removeFirst() {
        LogSegment segment = segments.get(oldest);
        bytes -= segment.length(first);
        if (first == segment.last()) {
            heap -= segment.heap();
            segments.set(oldest++, null);
            if (2 * oldest >= segments.size()) {
                segments.subList(0, oldest).clear();
                oldest = 0;
            }
        }
        first++;
        size--;
    }

    /** Removes the messages that came before {@code time}, up to the first that did not. */
    public void removeBefore(long time) {
        while (size > 0 && segments.get(oldest).time(first) < time) {
            removeFirst();
        }
    }

    public void clear() {
        segments.clear();
        oldest = 0;
        first += size;
        size = 0;
        bytes = 0;
        heap = 0;
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
            LogSegment segment = segment(offset);
            left -= segment.length(offset);
            if (left < 0 && !found.isEmpty()) {
                break;
            }
            found.add(segment.message(offset));
        }
        return found;
    }

    /** Messages with offsets under {@code before}, the newest of them, oldest first; bounded as {@link #after}. */
    public List<StoredMessage> before(long before, int limit, long maxBytes) {
        long start = Math.min(before, first + size);
        long left = maxBytes;
        int found = 0;
        while (start > first && found < limit) {
            left -= segment(start - 1).length(start - 1);
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

    /** Bytes that all messages take, about. */
    public long heap() {
        return heap;
    }

    /** The one that has this message. */
    private LogSegment segment(long offset) {
        int low = oldest;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).last() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return segments.get(low);
    }
}
