package io.roomcast.protocol;

/**
 * The rule for idempotency keys, in frames and in the server API. A key has 1–64 UTF-16 characters. It has no
 * control characters and no half of a surrogate pair. Such a half has no form in UTF-8. So two different keys with
 * such halves could have the same bytes.
 */
public final class IdempotencyKey {
    private static final int MAX_LENGTH = 64;

    private IdempotencyKey() {}

    /**
     * Checks a key.
     *
     * @param key the key, or null for none
     * @return {@code key}
     * @throws ProtocolException {@code too_large} if the key is too long; {@code bad_request} if it breaks another part
     *     of the rule
     */
    public static String checked(String key) {
        if (key != null) {
            Text.checkedLine("idempotencyKey", key, MAX_LENGTH);
        }
        return key;
    }
}
