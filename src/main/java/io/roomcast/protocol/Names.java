package io.roomcast.protocol;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * The rule that rooms and users share, after UTS 39 and RFC 8264: 1–128 characters in normal form C, letters, digits and marks of any
 * script that show, {@code _ - . : @}, and the few signs and joiners that names are written with, where they belong.
 * The page has the same in {@code names.js}.
 */
final class Names {
    static final int MAX_LENGTH = 128;

    private static final String ANYWHERE = "_-.:@";

    /** UAX 31, tables 3a and 3b: what stands inside names, between letters; the last also at an end. */
    private static final String INSIDE = "'\u00B7\u058A\u05F4\u0F0B\u2010\u2019\u2027\u30A0\u30FB";

    private static final int GERESH = 0x05F3;
    private static final int ZWNJ = 0x200C;
    private static final int ZWJ = 0x200D;
    private static final int BENGALI_RA = 0x09B0;
    private static final int BENGALI_VIRAMA = 0x09CD;

    /** UTS 39: more than these on one letter are no writing. */
    private static final int MOST_MARKS = 4;

    /** With a ligature for its s and t. */
    private static final int SHORTEST_LOOKALIKE = 5;

    /** With r and n for its m. */
    private static final int LONGEST_PLAIN_LOOKALIKE = 7;

    private static final Pattern SYSTEM = Pattern.compile("syste(rn|m)");

    private Names() {}

    /** @throws ProtocolException {@code bad_request} or {@code too_large}, when the name breaks the rule */
    static String checked(String what, String name) {
        if (name == null || name.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, what + " is missing");
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
            if (!allowed(characters, i)) {
                throw refused(
                        what,
                        "has the character " + String.format("U+%04X", characters[i])
                                + " where none such may be; letters, digits and _ - . : @ are allowed");
            }
        }
        if (!Normalizer.isNormalized(name, Normalizer.Form.NFC)) {
            throw refused(what, "is not in Unicode normal form C");
        }
        return name;
    }

    private static ProtocolException refused(String what, String why) {
        return new ProtocolException(ErrorCode.BAD_REQUEST, what + " " + why);
    }

    /** Whether a name can be seen to be good without any table, as most can. */
    private static boolean isPlain(String name) {
        if (name.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || ANYWHERE.indexOf(c) >= 0)) {
                return false;
            }
        }
        return true;
    }

    private static boolean allowed(int[] name, int i) {
        int c = name[i];
        if (NameTable.NONSPACING.has(c)) {
            return i > 0 && fits(name, i);
        }
        if (NameTable.LETTERS.has(c)) {
            return i > 0 || !NameTable.SPACING.has(c);
        }
        if (INSIDE.indexOf(c) >= 0) {
            return isLetter(name, i - 1) && isLetter(name, i + 1);
        }
        return switch (c) {
            case GERESH -> isLetter(name, i - 1);
            case ZWNJ -> isLetter(name, i + 1) && (is(NameTable.VIRAMA, name, i - 1) || breaksJoin(name, i));
            case ZWJ -> is(NameTable.VIRAMA, name, i - 1) || makesYaphalaa(name, i);
            default -> ANYWHERE.indexOf(c) >= 0;
        };
    }

    private static boolean fits(int[] name, int i) {
        int first = i;
        while (first > 0 && NameTable.NONSPACING.has(name[first - 1])) {
            first--;
        }
        return i - first < MOST_MARKS && (i == first || name[i] != name[i - 1]);
    }

    /** RFC 5892, A.1: between letters that would join. */
    private static boolean breaksJoin(int[] name, int i) {
        int before = i - 1;
        while (is(NameTable.NONSPACING, name, before)) {
            before--;
        }
        int after = i + 1;
        while (is(NameTable.NONSPACING, name, after)) {
            after++;
        }
        return is(NameTable.JOINS_NEXT, name, before) && is(NameTable.JOINS_PREVIOUS, name, after);
    }

    /** The one place in Bengali where the joiner stands before the virama. */
    private static boolean makesYaphalaa(int[] name, int i) {
        return i > 0 && name[i - 1] == BENGALI_RA && i + 1 < name.length && name[i + 1] == BENGALI_VIRAMA;
    }

    private static boolean isLetter(int[] name, int i) {
        return is(NameTable.LETTERS, name, i);
    }

    private static boolean is(NameTable set, int[] name, int i) {
        return i >= 0 && i < name.length && set.has(name[i]);
    }

    /** Whether people would read a name as {@code system}: in any case, width, script, and with marks on it. */
    static boolean looksLikeSystem(String name) {
        if (name.length() < SHORTEST_LOOKALIKE || isPlain(name) && name.length() > LONGEST_PLAIN_LOOKALIKE) {
            return false;
        }
        StringBuilder skeleton = new StringBuilder();
        Normalizer.normalize(name, Normalizer.Form.NFD)
                .codePoints()
                .filter(c -> !NameTable.NONSPACING.has(c) && !NameTable.SPACING.has(c) && c != ZWNJ && c != ZWJ)
                .forEach(c -> skeleton.append(NameTable.skeleton(c)));
        return SYSTEM.matcher(skeleton).matches();
    }
}
