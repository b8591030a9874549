package io.roomcast.protocol;

/** Checks text from a client, and computes its length in UTF-8. */
final class Text {
    private Text() {}

    /**
     * The length of a short text without any control character in UTF-8, in bytes.
     *
     * @param what the kind of text, for the text of the exception
     * @param maxLength most UTF-16 code units
     * @throws ProtocolException {@code too_large} if the text is too long; {@code bad_request} if it is empty or has
     *     forbidden characters
     */
    static int checkedLine(String what, String text, int maxLength) {
        if (text.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, what + " is empty");
        }
        if (text.length() > maxLength) {
            throw new ProtocolException(ErrorCode.TOO_LARGE, what + " has over " + maxLength + " characters");
        }
        int bytes = checkedUtf8Length(what, text);
        if (text.indexOf('\n') >= 0 || text.indexOf('\t') >= 0) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, what + " has a control character");
        }
        return bytes;
    }

    /**
     * The length of {@code text} in UTF-8, in bytes.
     *
     * @param what the kind of text, for the text of the exception
     * @throws ProtocolException {@code bad_request} for control characters other than {@code \n} and {@code \t}, and
     *     for half of a surrogate pair, which has no form in UTF-8
     */
    static int checkedUtf8Length(String what, String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7f || c == '\n' || c == '\t') {
                bytes++;
            } else if (c < 0xa0) {
                throw new ProtocolException(
                        ErrorCode.BAD_REQUEST, what + " has the control character " + String.format("U+%04X", (int) c));
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, what + " has half of a surrogate pair");
            }
        }
        return bytes;
    }
}
