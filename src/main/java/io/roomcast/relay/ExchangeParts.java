package io.roomcast.relay;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;

/** Joins contents that come in parts. Not thread-safe. */
final class ExchangeParts {
    /** Most contents that have come in part. */
    private static final int MAX_PARTIAL = 64;

    private final Map<String, ByteArrayOutputStream> parts = new HashMap<>();

    /** The whole content, if this part is the last one, and no other was lost on its way; or else null. */
    byte[] join(ExchangePart part) {
        byte[] content = joined(part);
        return content != null && content.length == part.size() ? content : null;
    }

    private byte[] joined(ExchangePart part) {
        boolean isLast = part.rest() == 0;
        String key = part.purpose() + part.id();
        ByteArrayOutputStream earlier = parts.get(key);
        if (earlier == null && isLast) {
            return part.bytes();
        }
        if (earlier == null) {
            if (parts.size() >= MAX_PARTIAL) {
                parts.clear(); // Their nodes have gone in between, or ask too much.
            }
            earlier = new ByteArrayOutputStream(2 * part.bytes().length);
            parts.put(key, earlier);
        }
        if (earlier.size() + part.bytes().length > NodeExchange.MAX_BYTES) {
            parts.remove(key);
            return null;
        }
        earlier.writeBytes(part.bytes());
        if (!isLast) {
            return null;
        }
        parts.remove(key);
        return earlier.toByteArray();
    }
}
