package io.roomcast.protocol;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * The rule for the names of rooms, after UTS 39 and RFC 8264, and the parts of it that also hold for the ids of users
 * ({@link UserId}). A name has 1–128 code points in normalization
 * form C. It may contain visible letters, digits and marks of any script, and {@code _ - . : @}. A few punctuation
 * characters and joiners are allowed only next to certain letters. {@code .} and {@code ..} are not names, because no
 * path can contain them as one. {@code docs/protocol.md} has the rule in full, and {@code names.js} applies it on the
 * page.
 */
final class Names {
    static final int MAX_LENGTH = 128;

    private static final String ALLOWED_ANYWHERE = "_-.:@";

    /** Punctuation of UAX 31, tables 3a and 3b, that is allowed only between two letters, digits or marks. */
    private static final String BETWEEN_LETTERS = "'\u00B7\u058A\u05F4\u0F0B\u2010\u2019\u2027\u30A0\u30FB";

    /** Punctuation of the same tables that is allowed after a letter, digit or mark, also at the end of a name. */
    private static final int GERESH = 0x05F3;

    private static final int ZWNJ = 0x200C;
    private static final int ZWJ = 0x200D;
    private static final int BENGALI_RA = 0x09B0;
    private static final int BENGALI_VIRAMA = 0x09CD;

    /** Most non-spacing marks in a row (UTS 39). No script writes more marks on one letter. */
    private static final int MAX_CONSECUTIVE_MARKS = 4;

    /** Fewest UTF-16 characters of a name that looks like {@code system}. A ligature may replace s and t. */
    private static final int MIN_LOOKALIKE = 5;

    /** Most characters of a name that looks like {@code system}, besides marks. The letters r and n may replace m. */
    private static final int MAX_LOOKALIKE = 7;

    private static final Pattern SYSTEM = Pattern.compile("syste(rn|m)");

    private Names() {}

    /**
     * Checks a name.
     *
     * @param what the kind of name, for the text of the exception
     * @return {@code name}
     * @throws ProtocolException {@code bad_request} or {@code too_large} if the name breaks the rule
     */
    static String checked(String what, String name) {
        if (name == null || name.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, what + " is missing");
        }
        if (name.equals(".") || name.equals("..")) {
            throw refusal(what, "is " + name + ", which no path can have as a name");
        }
        if (isPlain(name)) {
            return name;
        }
        int[] characters = name.codePoints().toArray();
        if (characters.length > MAX_LENGTH) {
            throw new ProtocolException(
                    ErrorCode.TOO_LARGE,
                    what + " has " + characters.length + " characters, " + MAX_LENGTH + " are allowed");
        }
        for (int i = 0; i < characters.length; i++) {
            if (!isAllowed(characters, i)) {
                throw refusal(
                        what,
                        "has the character " + String.format("U+%04X", characters[i])
                                + " where none such may be; letters, digits and _ - . : @ are allowed");
            }
        }
        if (!Normalizer.isNormalized(name, Normalizer.Form.NFC)) {
            throw refusal(what, "is not in Unicode normal form C");
        }
        return name;
    }

    private static ProtocolException refusal(String what, String why) {
        return new ProtocolException(ErrorCode.BAD_REQUEST, what + " " + why);
    }

    /** Whether the name is valid because all its characters are plain ASCII. Most names need no table lookup. */
    private static boolean isPlain(String name) {
        if (name.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || ALLOWED_ANYWHERE.indexOf(c) >= 0)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAllowed(int[] name, int i) {
        int c = name[i];
        if (isLetterOrJoiner(name, i) || ALLOWED_ANYWHERE.indexOf(c) >= 0) {
            return true;
        }
        return BETWEEN_LETTERS.indexOf(c) >= 0
                ? isNameCharacter(name, i - 1) && isNameCharacter(name, i + 1)
                : c == GERESH && isNameCharacter(name, i - 1);
    }

    /**
     * Whether the character at {@code i} is a letter, digit or mark, or a joiner, and may stand there in a name and in
     * an id.
     */
    static boolean isLetterOrJoiner(int[] name, int i) {
        int c = name[i];
        if (NameTable.NONSPACING.contains(c)) {
            return i > 0 && isMarkAllowed(name, i);
        }
        return switch (c) {
            case ZWNJ -> isNameCharacter(name, i + 1) && (isIn(NameTable.VIRAMA, name, i - 1) || breaksJoin(name, i));
            case ZWJ -> isIn(NameTable.VIRAMA, name, i - 1) || makesYaphalaa(name, i);
            default -> NameTable.ALLOWED.contains(c) && (i > 0 || !NameTable.SPACING.contains(c));
        };
    }

    /** Whether the non-spacing mark at {@code i} is allowed after the marks that directly precede the mark. */
    private static boolean isMarkAllowed(int[] name, int i) {
        int first = i;
        while (first > 0 && NameTable.NONSPACING.contains(name[first - 1])) {
            first--;
        }
        return i - first < MAX_CONSECUTIVE_MARKS && (i == first || name[i] != name[i - 1]);
    }

    /** Whether the non-joiner at {@code i} stands between two letters that would otherwise join (RFC 5892, A.1). */
    private static boolean breaksJoin(int[] name, int i) {
        int before = i - 1;
        while (isIn(NameTable.NONSPACING, name, before)) {
            before--;
        }
        int after = i + 1;
        while (isIn(NameTable.NONSPACING, name, after)) {
            after++;
        }
        return isIn(NameTable.JOINS_NEXT, name, before) && isIn(NameTable.JOINS_PREVIOUS, name, after);
    }

    /** Whether the joiner at {@code i} is part of a Bengali ya-phalaa, in which the joiner precedes the virama. */
    private static boolean makesYaphalaa(int[] name, int i) {
        return i > 0 && name[i - 1] == BENGALI_RA && i + 1 < name.length && name[i + 1] == BENGALI_VIRAMA;
    }

    /** Whether the character at {@code i} is a letter, digit or mark that names may have. */
    private static boolean isNameCharacter(int[] name, int i) {
        return isIn(NameTable.ALLOWED, name, i);
    }

    private static boolean isIn(NameTable set, int[] name, int i) {
        return i >= 0 && i < name.length && set.contains(name[i]);
    }

    /** Whether people may read the name as {@code system}, in any case, width or script, with or without marks. */
    static boolean looksLikeSystem(String name) {
        if (name.length() < MIN_LOOKALIKE) {
            return false;
        }
        // Most ids end here, after a few characters. Every id of a room is checked when it is read from the store.
        if (name.codePoints().filter(Names::isRead).limit(MAX_LOOKALIKE + 1L).count() > MAX_LOOKALIKE) {
            return false;
        }
        StringBuilder skeleton = new StringBuilder();
        Normalizer.normalize(name, Normalizer.Form.NFD)
                .codePoints()
                .filter(Names::isRead)
                .forEach(c -> skeleton.append(NameTable.skeleton(c)));
        return SYSTEM.matcher(skeleton).matches();
    }

    /** Whether the character is more than a mark or a joiner of another one. */
    private static boolean isRead(int c) {
        return c < 0x80 || !NameTable.NONSPACING.contains(c) && !NameTable.SPACING.contains(c) && c != ZWNJ && c != ZWJ;
    }
}
