package io.roomcast.protocol;

/** A user's name, valid by construction. */
public record UserName(String value) implements Comparable<UserName> {

    /** What the server itself says is said by this sender; no user may have the name, or one that looks like it. */
    public static final String SYSTEM = "system";

    /**
     * @throws ProtocolException {@code bad_request} or {@code too_large}, when the name breaks the rule for names;
     *     {@code forbidden} for the reserved name and what looks like it
     */
    public UserName {
        Names.checked("user", value);
        if (Names.looksLikeSystem(value)) {
            throw new ProtocolException(ErrorCode.FORBIDDEN, "the name " + value + " is reserved");
        }
    }

    @Override
    public int compareTo(UserName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
