package io.roomcast.protocol;

import java.text.Normalizer;

/**
 * The id of a user: 1–255 printable code points in normalization form C. Ids are compared and never taken apart, so
 * that an issuer's own ids may be used, for example {@code auth0|5f7c}, {@code ann+x@example.org} or a URN. What people
 * are shown for a user is the name of a {@link User}. {@code docs/protocol.md} has the rule in full, and
 * {@code names.js} applies it on the page. Every instance is valid.
 */
public record UserId(String value) implements Comparable<UserId> {
    /** Most code points of an id: as many characters as {@code sub} of OpenID Connect may have. */
    static final int MAX_LENGTH = 255;

    /** What a path has in place of a user whom the query names. */
    private static final String ELSEWHERE = "-";

    /** The sender of texts of the server itself. No user may have this id, or an id that looks like it. */
    public static final String SYSTEM = "system";

    /**
     * @throws ProtocolException {@code bad_request} or {@code too_large} if the id breaks the rule for ids;
     *     {@code forbidden} if it is {@link #SYSTEM} or looks like it
     */
    public UserId {
        check(value);
        if (Names.looksLikeSystem(value)) {
            throw new ProtocolException(ErrorCode.FORBIDDEN, "the user " + value + " is reserved");
        }
    }

    /**
     * The user whom an address names. Paths cannot have every id, since servers refuse some encoded characters, such as
     * the slash. Such an id is in the query, and the path has {@code -} in its place.
     *
     * @param inQuery null for none
     * @throws ProtocolException if the id is not valid, or if path and query name two users
     */
    public static UserId ofAddress(String inPath, String inQuery) {
        if (inQuery != null && !inPath.equals(ELSEWHERE) && !inPath.equals(inQuery)) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "the path and the query name two users");
        }
        return new UserId(inQuery == null ? inPath : inQuery);
    }

    private static void check(String id) {
        if (id == null || id.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "user is missing");
        }
        if (id.equals(".") || id.equals("..")) {
            throw refusal("is " + id + ", which no path can have as a user");
        }
        if (id.startsWith(" ") || id.endsWith(" ")) {
            throw refusal("begins or ends with a space");
        }
        int[] characters = id.codePoints().toArray();
        if (characters.length > MAX_LENGTH) {
            throw new ProtocolException(
                    ErrorCode.TOO_LARGE,
                    "user has " + characters.length + " characters, " + MAX_LENGTH + " are allowed");
        }
        for (int i = 0; i < characters.length; i++) {
            if (!isAllowed(characters, i)) {
                throw refusal("has the character " + String.format("U+%04X", characters[i])
                        + " where none such may be; printable characters are allowed");
            }
        }
        if (!Normalizer.isNormalized(id, Normalizer.Form.NFC)) {
            throw refusal("is not in Unicode normal form C");
        }
    }

    private static boolean isAllowed(int[] id, int i) {
        int c = id[i];
        return c >= ' ' && c < 0x7F || NameTable.SIGNS.contains(c) || Names.isLetterOrJoiner(id, i);
    }

    private static ProtocolException refusal(String why) {
        return new ProtocolException(ErrorCode.BAD_REQUEST, "user " + why);
    }

    @Override
    public int compareTo(UserId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
