package io.roomcast.protocol;

/**
 * The rule for the keys that make a publish repeatable, by whatever way they come: 1–64 characters, none of them a control character, and
 * no half of a surrogate pair. That has no UTF-8, so that two keys would be one to whoever keeps them as bytes.
 */
public final class MessageKey {
    private static final int LONGEST = 64;

    private MessageKey() {}

    /**
     * @param key or null for none
     * @return the same
     * @throws ProtocolException {@code bad_request}, or {@code too_large} when it is too long
     */
    public static String checked(String key) {
        if (key == null) {
            return null;
        }
        if (key.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "key is empty");
        }
        if (key.length() > LONGEST) {
            throw new ProtocolException(ErrorCode.TOO_LARGE, "key has over " + LONGEST + " characters");
        }
        Text.checkedUtf8Length("key", key);
        if (key.indexOf('\n') >= 0 || key.indexOf('\t') >= 0) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "key has a control character");
        }
        return key;
    }
}
