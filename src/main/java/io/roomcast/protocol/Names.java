package io.roomcast.protocol;

import java.text.Normalizer;

/** The rule that rooms and users share: 1–128 characters of letters, digits and {@code _ - . : @}, in normal form C. */
final class Names {
    static final int MAX_LENGTH = 128;

    private Names() {}

    static String checked(String what, String name) {
        if (name == null || name.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, what + " is missing");
        }
        if (name.length() > MAX_LENGTH) {
            throw new ProtocolException(
                    ErrorCode.TOO_LARGE,
                    what + " has " + name.length() + " characters, " + MAX_LENGTH + " are allowed");
        }
        name.codePoints().filter(c -> !allowed(c)).findFirst().ifPresent(c -> {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST,
                    what + " has the character " + String.format("U+%04X", c)
                            + "; letters, digits and _ - . : @ are allowed");
        });
        if (!Normalizer.isNormalized(name, Normalizer.Form.NFC)) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, what + " is not in Unicode normal form C");
        }
        return name;
    }

    /** Combining marks count as letters: without them most of India could not write its names. */
    private static boolean allowed(int c) {
        if (c < 0x80) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "_-.:@".indexOf(c) >= 0;
        }
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c)
                || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK;
    }
}
