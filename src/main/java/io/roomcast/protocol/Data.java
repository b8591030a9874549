package io.roomcast.protocol;

/**
 * Data of a message: any JSON value, as the text in which its publisher wrote it. The nodes pass this text on, and
 * never parse it again.
 *
 * @param json the text of one JSON value, without line breaks
 * @param bytes length of the text in UTF-8
 */
public record Data(String json, int bytes) {
    /** Most arrays and objects inside each other. */
    static final int MAX_DEPTH = 32;

    /** Longest number: the JSON libraries of many languages fail on one with a few thousand digits. */
    private static final int MAX_NUMBER = 1_000;

    private static final int HEX_DIGITS = 4;
    /** What stands between numbers. */
    private static final String NO_NUMBER = "[]{}:,\" \t\n\r";

    /**
     * Checks the text of a value. Line breaks between its tokens become blanks, because a line break ends a frame.
     *
     * @param json text that a parser has found to be one JSON value
     * @throws ProtocolException {@code bad_request} if arrays and objects are nested too deep, and for a long number or
     *     half of a surrogate pair, on which the parsers of others fail
     */
    public static Data of(String json) {
        int bytes = 0;
        int depth = 0;
        boolean inString = false;
        int number = 0;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            number = inString || NO_NUMBER.indexOf(c) >= 0 ? 0 : number + 1;
            if (number > MAX_NUMBER) {
                throw new ProtocolException(
                        ErrorCode.BAD_REQUEST, "data has a number of over " + MAX_NUMBER + " characters");
            }
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            if (Character.isSurrogate(c)) {
                requirePair(c, i + 1 < json.length() ? json.charAt(i + 1) : 0);
                bytes++; // The pair has 4 bytes, and 3 were counted.
                i++;
            } else if (c == '"') {
                inString = !inString;
            } else if (c == '\\') {
                int escape = checkedEscape(json, i);
                bytes += escape - 1;
                i += escape - 1;
            } else if (!inString && (c == '[' || c == '{')) {
                requireDepth(++depth);
            } else if (!inString && (c == ']' || c == '}')) {
                depth--;
            }
        }
        return new Data(json.replace('\n', ' ').replace('\r', ' '), bytes);
    }

    /** The length of the escape sequence at {@code index}, which stands for one character or for a pair. */
    private static int checkedEscape(String json, int index) {
        if (json.charAt(index + 1) != 'u') {
            return 2;
        }
        int length = 2 + HEX_DIGITS;
        char unit = unitAt(json, index);
        if (!Character.isSurrogate(unit)) {
            return length;
        }
        requirePair(unit, json.startsWith("\\u", index + length) ? unitAt(json, index + length) : 0);
        return 2 * length;
    }

    private static char unitAt(String json, int escape) {
        return (char) Integer.parseInt(json, escape + 2, escape + 2 + HEX_DIGITS, 16);
    }

    private static void requirePair(char first, int second) {
        if (!Character.isHighSurrogate(first) || !Character.isLowSurrogate((char) second)) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "data has half of a surrogate pair");
        }
    }

    private static void requireDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "data is nested more than " + MAX_DEPTH + " deep");
        }
    }

    /**
     * Cuts the text of a member's value out of the text of its object.
     *
     * @param afterName where the parser stood after the name of the member
     * @param afterValue where the parser stood after the value
     */
    public static String cut(String object, long afterName, long afterValue) {
        int start = (int) afterName;
        while (Character.isWhitespace(object.charAt(start)) || object.charAt(start) == ':') {
            start++;
        }
        return object.substring(start, (int) afterValue);
    }
}
