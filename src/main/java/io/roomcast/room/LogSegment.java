package io.roomcast.room;

import io.roomcast.protocol.StoredMessage;
import java.util.Arrays;

/** Messages of a {@link MessageLog} that follow each other, in two arrays: their bodies one behind the other, and where each ends and when it came. Not thread-safe. */
final class LogSegment {
    /** Of heap, about: this object, its place in the log, the headers of its arrays. */
    private static final int COST = 80;
    /** No body is expected to be shorter; those that are make the index grow. */
    private static final int SHORTEST = 16;

    private final long first;
    /** Milliseconds; the index counts from here. */
    private final long start;

    private byte[] bodies;
    /** Two for each message: the end of its body, and its time. */
    private int[] index;

    private int size;

    /**
     * @param message comes first; {@link #add} is still to be called with it
     * @param bytes that all bodies may have, unless the first alone has more
     */
    LogSegment(StoredMessage message, long at, int bytes) {
        int length = message.body().length;
        first = message.offset();
        start = at;
        bodies = new byte[Math.max(length, bytes)];
        index = new int[2 * Math.max(1, bodies.length / Math.max(SHORTEST, length))];
    }

    /** Whether there is room for it, in bytes and in time. */
    boolean takes(StoredMessage message, long at) {
        return bodies.length - start(size) >= message.body().length && at - start == (int) (at - start);
    }

    /** Appends the message that follows; {@link #takes} has allowed it. */
    void add(StoredMessage message, long at) {
        if (2 * size == index.length) {
            index = Arrays.copyOf(index, 2 * index.length);
        }
        int from = start(size);
        byte[] body = message.body();
        System.arraycopy(body, 0, bodies, from, body.length);
        index[2 * size] = from + body.length;
        index[2 * size + 1] = (int) (at - start);
        size++;
    }

    /** Nothing more comes: lets go of what is not in use. */
    void seal() {
        if (bodies.length > start(size)) {
            bodies = Arrays.copyOf(bodies, start(size));
        }
        if (index.length > 2 * size) {
            index = Arrays.copyOf(index, 2 * size);
        }
    }

    /** Offset of the last message. */
    long last() {
        return first + size - 1;
    }

    StoredMessage message(long offset) {
        int at = (int) (offset - first);
        return new StoredMessage(offset, Arrays.copyOfRange(bodies, start(at), start(at + 1)));
    }

    /** Of a message's body, in bytes. */
    int length(long offset) {
        int at = (int) (offset - first);
        return start(at + 1) - start(at);
    }

    /** When a message came, as {@link #add} was told. */
    long time(long offset) {
        return start + index[2 * (int) (offset - first) + 1];
    }

    /** Bytes, about. */
    long heap() {
        return COST + bodies.length + (long) Integer.BYTES * index.length;
    }

    /** Of a message's body in {@link #bodies}; the end of the one before. */
    private int start(int message) {
        return message == 0 ? 0 : index[2 * message - 2];
    }
}
