package io.roomcast.node;

/** Makes text from outside safe for a log. The result cannot start a new line or change the colour of the terminal. */
public final class LogText {
    private static final int MAX_LENGTH = 200;

    private LogText() {}

    /** The text on one line, with {@code ?} in place of control characters; longer text is cut to 200 characters. */
    public static String of(String text) {
        if (text == null) {
            return "nothing";
        }
        String shorter = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
        return shorter.replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]", "?");
    }
}
