package io.roomcast.websocket;

import java.util.function.LongSupplier;

/**
 * Collects the parts of one WebSocket message, up to a limit. Containers do not apply their limits to a fragmented
 * message that never ends; this class counts each part as it comes. Used by one thread at a time.
 */
final class MessageAssembler {
    private final LongSupplier limit;
    private StringBuilder parts;
    private long bytes;

    /** @param limit current limit in bytes */
    MessageAssembler(LongSupplier limit) {
        this.limit = limit;
    }

    /** Bytes of the message so far. */
    long bytes() {
        return bytes;
    }

    /** Whether the message, with this part, is still within the limit. */
    boolean accepts(String part) {
        long maxBytes = limit.getAsLong();
        bytes += part.length();
        if (bytes <= maxBytes) {
            // UTF-8: up to two bytes more than the one counted above; a pair of surrogates has four together.
            bytes += part.chars()
                    .map(c -> c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate((char) c) ? 1 : 2)
                    .sum();
        }
        return bytes <= maxBytes;
    }

    /** Whether a binary message, with this many bytes more, is still within the limit. */
    boolean accepts(int length) {
        bytes += length;
        return bytes <= limit.getAsLong();
    }

    /** Adds an accepted part. @return the whole message, or null when more parts are to come */
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

    void reset() {
        parts = null;
        bytes = 0;
    }
}
