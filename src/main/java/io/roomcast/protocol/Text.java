package io.roomcast.protocol;

/** Checks text from a client, and computes its length in UTF-8. */
final class Text {
    private Text() {}

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
