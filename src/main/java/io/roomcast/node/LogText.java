package io.roomcast.node;

import java.util.regex.Pattern;

/** Makes text from outside safe for a log. The result cannot start a new line or change the colour of the terminal. */
public final class LogText {
    private static final int MAX_LENGTH = 200;
    /** Control characters, further line ends, and characters that change the direction of the text behind them. */
    private static final Pattern HARMFUL =
            Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]");

    private LogText() {}

    /** The text on one line, with {@code ?} in place of control characters; longer text is cut to 200 characters. */
    public static String of(String text) {
        if (text == null) {
            return "nothing";
        }
        return printable(text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…");
    }

    /** The whole text on one line, with {@code ?} in place of control characters. */
    public static String printable(String text) {
        return HARMFUL.matcher(text).replaceAll("?");
    }

    /** Whether {@link #printable} replaces the character. */
    public static boolean isHarmful(char character) {
        return HARMFUL.matcher(String.valueOf(character)).matches();
    }
}
