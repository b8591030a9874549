package io.roomcast.room;

import io.roomcast.protocol.StoredMessage;
import java.util.Arrays;

/**
 * Consecutive messages of a {@link MessageLog} in two arrays. One array holds the bodies. The other holds the end of
 * the body and the time of each message. Not thread-safe.
 */
final class LogSegment {
    /** Approximate overhead in bytes: this object, its entry in the log, and the headers of its arrays. */
    private static final int OVERHEAD = 80;
    /** The index is sized for bodies of at least this many bytes. It grows if bodies are shorter. */
    private static final int MIN_BODY = 16;

    /** Offset of the first message. */
    private final long firstOffset;
    /** Time of the first message in milliseconds; the index holds times relative to this time. */
    private final long firstTime;

    private byte[] bodies;
    /** Two entries for each message: the end of its body, and its time. */
    private int[] index;

    private int size;

    /**
     * @param message the first message; {@link #add} must be called with this message, too
     * @param bytes capacity for bodies; a larger first message enlarges the capacity
     */
    LogSegment(StoredMessage message, long time, int bytes) {
        int length = message.body().length;
        firstOffset = message.offset();
        firstTime = time;
        bodies = new byte[Math.max(length, bytes)];
        index = new int[2 * Math.max(1, bodies.length / Math.max(MIN_BODY, length))];
    }

    /** Whether the message fits, by its bytes and by its time. */
    boolean fits(StoredMessage message, long time) {
        return bodies.length - bodyStart(size) >= message.body().length && time - firstTime == (int) (time - firstTime);
    }

    /** Appends the next message, for which {@link #fits} returned true. */
    void add(StoredMessage message, long time) {
        if (2 * size == index.length) {
            index = Arrays.copyOf(index, 2 * index.length);
        }
        int from = bodyStart(size);
        byte[] body = message.body();
        System.arraycopy(body, 0, bodies, from, body.length);
        index[2 * size] = from + body.length;
        index[2 * size + 1] = (int) (time - firstTime);
        size++;
    }

    /** Puts another body in place of that of a message. */
    void replace(StoredMessage message) {
        int number = numberOf(message.offset());
        byte[] body = message.body();
        int start = bodyStart(number);
        int end = bodyStart(number + 1);
        int used = bodyStart(size);
        int growth = body.length - (end - start);
        byte[] changed = new byte[Math.max(used + growth, bodies.length)];
        System.arraycopy(bodies, 0, changed, 0, start);
        System.arraycopy(body, 0, changed, start, body.length);
        System.arraycopy(bodies, end, changed, start + body.length, used - end);
        bodies = changed;
        for (int each = number; each < size; each++) {
            index[2 * each] += growth;
        }
    }

    /** Releases unused capacity. No message is added afterwards. */
    void seal() {
        if (bodies.length > bodyStart(size)) {
            bodies = Arrays.copyOf(bodies, bodyStart(size));
        }
        if (index.length > 2 * size) {
            index = Arrays.copyOf(index, 2 * size);
        }
    }

    /** Offset of the last message. */
    long lastOffset() {
        return firstOffset + size - 1;
    }

    StoredMessage message(long offset) {
        int number = numberOf(offset);
        return new StoredMessage(offset, Arrays.copyOfRange(bodies, bodyStart(number), bodyStart(number + 1)));
    }

    /** Length of a message's body in bytes. */
    int bodyLength(long offset) {
        int number = numberOf(offset);
        return bodyStart(number + 1) - bodyStart(number);
    }

    /** The time of a message, as given to {@link #add}. */
    long time(long offset) {
        return firstTime + index[2 * numberOf(offset) + 1];
    }

    /** Approximate memory of this segment, in bytes. */
    long heapBytes() {
        return OVERHEAD + bodies.length + (long) Integer.BYTES * index.length;
    }

    /** Number of a message in this segment, from 0. */
    private int numberOf(long offset) {
        return (int) (offset - firstOffset);
    }

    /** Where a message's body starts in {@link #bodies}: at the end of the previous body. */
    private int bodyStart(int number) {
        return number == 0 ? 0 : index[2 * number - 2];
    }
}
