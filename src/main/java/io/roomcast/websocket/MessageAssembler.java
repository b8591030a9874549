package io.roomcast.websocket;

import java.util.function.LongSupplier;

/**
 * Collects the parts of one WebSocket message, up to a limit. Containers do not apply their limits to a fragmented
 * message that never ends, so this class counts each part on its arrival. Used by one thread at a time.
 */
final class MessageAssembler {
    private final LongSupplier limit;
    private StringBuilder parts;
    private long bytes;

    /** @param limit current limit in bytes */
    MessageAssembler(LongSupplier limit) {
        this.limit = limit;
    }

    /** Bytes of the message that were counted so far. */
    long bytes() {
        return bytes;
    }

    /**
     * Counts a part of a text message. {@link #add} then stores the part.
     *
     * @return false if the message is now larger than the limit
     */
    boolean count(String part) {
        long maxBytes = limit.getAsLong();
        bytes += part.length();
        if (bytes <= maxBytes) {
            // UTF-8 needs up to two bytes more than the one counted above. A surrogate pair has four bytes in all, two
            // for each char.
            bytes += part.chars()
                    .map(c -> c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate((char) c) ? 1 : 2)
                    .sum();
        }
        return bytes <= maxBytes;
    }

    /**
     * Counts a part of a binary message, which is not stored.
     *
     * @return false if the message is now larger than the limit
     */
    boolean count(int binaryBytes) {
        bytes += binaryBytes;
        return bytes <= limit.getAsLong();
    }

    /**
     * Stores a part that {@link #count} has admitted.
     *
     * @return the whole message; null if more parts follow
     */
    String add(String part, boolean last) {
        if (last && parts == null) {
            bytes = 0;
            return part;
        }
        if (parts == null) {
            parts = new StringBuilder();
        }
        parts.append(part);
        if (!last) {
            return null;
        }
        String whole = parts.toString();
        reset();
        return whole;
    }

    /** Forgets the message, to begin another. */
    void reset() {
        parts = null;
        bytes = 0;
    }
}
