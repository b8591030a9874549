package io.roomcast.room;

import io.roomcast.protocol.StoredMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * The latest messages of a room, with consecutive offsets and times of arrival. Bounded by count and bytes. A message
 * is found by its offset in logarithmic time. The log consists of segments, like a log of Kafka. So the garbage
 * collector sees a few arrays for each room, and not three objects for each message. A segment is removed with its last
 * message. So up to about an eighth of the memory is unused at either end. Not thread-safe.
 */
public final class MessageLog {
    /**
     * Limits of the messages that a room keeps on the node, so that most recoveries need no read from the relay.
     *
     * @param messages most messages
     * @param bytes most bytes of message bodies
     * @param ageMillis most age of a message in milliseconds
     */
    public record Limits(int messages, long bytes, long ageMillis) {}

    /** Most bytes of bodies in a segment. A larger message gets a separate segment. */
    private static final int MAX_SEGMENT_BYTES = 16 * 1024;

    /** Least capacity of a segment, in bytes of bodies. */
    private static final int MIN_SEGMENT_BYTES = 256;

    /** A new segment's capacity is the log's bytes divided by this number, so that little is unused at the ends. */
    private static final int SEGMENT_DIVISOR = 8;

    private final int maxMessages;
    private final long maxBytes;
    /**
     * Segments from index {@link #oldestSegment} on. The entries before that index are null. They are removed together,
     * so that the list is not shifted for each segment.
     */
    private final List<LogSegment> segments = new ArrayList<>(0);

    private int oldestSegment;
    private int size;
    /** Offset of the oldest message; of the next message if the log is empty. */
    private long first = 1;

    private long bytes;
    private long heapBytes;

    /** @param maxBytes most bytes of message bodies; a single message may have more */
    public MessageLog(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /** Appends the next message, without a time. */
    public void add(StoredMessage message) {
        add(message, 0);
    }

    /**
     * Appends the next message. A message that does not follow the last one empties the log first.
     *
     * @param time time of arrival, in milliseconds since any fixed moment
     */
    public void add(StoredMessage message, long time) {
        if (maxMessages == 0) {
            return;
        }
        if (message.offset() != first + size) {
            clear();
            first = message.offset();
        }
        append(message, time);
        size++;
        bytes += message.body().length;
        while (size > maxMessages || bytes > maxBytes && size > 1) {
            removeFirst();
        }
    }

    private void append(StoredMessage message, long time) {
        LogSegment last = size == 0 ? null : segments.get(segments.size() - 1);
        heapBytes -= last == null ? 0 : last.heapBytes();
        if (last == null || !last.fits(message, time)) {
            if (last != null) {
                last.seal();
                heapBytes += last.heapBytes();
            }
            last = new LogSegment(message, time, capacity());
            segments.add(last);
        }
        last.add(message, time);
        heapBytes += last.heapBytes();
    }

    private int capacity() {
        return (int) Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, bytes / SEGMENT_DIVISOR));
    }

    /** Puts another body in place of that of a message, if the log has the message. Its time stays as it is. */
    public void replace(StoredMessage message) {
        if (!has(message.offset())) {
            return;
        }
        LogSegment segment = segment(message.offset());
        heapBytes -= segment.heapBytes();
        bytes += message.body().length - segment.bodyLength(message.offset());
        segment.replace(message);
        heapBytes += segment.heapBytes();
    }

    /** Removes the oldest message. */
    public void removeFirst() {
        LogSegment segment = segments.get(oldestSegment);
        bytes -= segment.bodyLength(first);
        if (first == segment.lastOffset()) {
            heapBytes -= segment.heapBytes();
            segments.set(oldestSegment++, null);
            if (2 * oldestSegment >= segments.size()) {
                segments.subList(0, oldestSegment).clear();
                oldestSegment = 0;
            }
        }
        first++;
        size--;
    }

    /** Removes the oldest messages, until the oldest one that is left arrived at {@code time} or later. */
    public void removeBefore(long time) {
        while (size > 0 && segments.get(oldestSegment).time(first) < time) {
            removeFirst();
        }
    }

    public void clear() {
        segments.clear();
        oldestSegment = 0;
        first += size;
        size = 0;
        bytes = 0;
        heapBytes = 0;
    }

    /** Whether the log has every message after {@code offset}. */
    public boolean reachesBackTo(long offset) {
        return size > 0 && offset + 1 >= first;
    }

    /** Whether the log has the message at {@code offset}. */
    boolean has(long offset) {
        return offset >= first && offset < first + size;
    }

    /**
     * The oldest messages after an offset, oldest first: at most {@code limit}, and at most {@code maxBytes} unless the
     * first is larger.
     */
    public List<StoredMessage> after(long after, int limit, long maxBytes) {
        List<StoredMessage> found = new ArrayList<>();
        long left = maxBytes;
        for (long offset = Math.max(after + 1, first); offset < first + size && found.size() < limit; offset++) {
            LogSegment segment = segment(offset);
            left -= segment.bodyLength(offset);
            if (left < 0 && !found.isEmpty()) {
                break;
            }
            found.add(segment.message(offset));
        }
        return found;
    }

    /** The newest messages before an offset, oldest first; bounded as {@link #after}. */
    public List<StoredMessage> before(long before, int limit, long maxBytes) {
        long start = Math.min(before, first + size);
        long left = maxBytes;
        int found = 0;
        while (start > first && found < limit) {
            left -= segment(start - 1).bodyLength(start - 1);
            if (left < 0 && found > 0) {
                break;
            }
            start--;
            found++;
        }
        return after(start - 1, found, Long.MAX_VALUE);
    }

    /** Offset of the oldest message. If the log is empty, the offset that the next message should have. */
    public long firstOffset() {
        return first;
    }

    /** Offset of the newest message. If the log is empty, the offset before {@link #firstOffset}. */
    public long lastOffset() {
        return first + size - 1;
    }

    public int size() {
        return size;
    }

    /** Approximate memory of the log, in bytes. */
    public long heapBytes() {
        return heapBytes;
    }

    /** The segment that holds this message. */
    private LogSegment segment(long offset) {
        int low = oldestSegment;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).lastOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return segments.get(low);
    }
}
