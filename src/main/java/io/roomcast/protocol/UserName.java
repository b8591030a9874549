package io.roomcast.protocol;

/** The name of a user. Every instance is valid. */
public record UserName(String value) implements Comparable<UserName> {

    /** The sender of texts of the server itself. No user may have this name, or a name that looks like it. */
    public static final String SYSTEM = "system";

    /**
     * @throws ProtocolException {@code bad_request} or {@code too_large} if the name breaks the rule for names;
     *     {@code forbidden} if it is {@link #SYSTEM} or looks like it
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
