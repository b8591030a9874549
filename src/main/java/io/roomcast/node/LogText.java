package io.roomcast.node;

/** Text from outside, made safe for a log line: it cannot begin a line of its own or colour the log. */
public final class LogText {
    private static final int LONGEST = 200;

    private LogText() {}

    /** The text on one line, with {@code ?} for control characters, shortened when it is long. */
    public static String of(String text) {
        if (text == null) {
            return "nothing";
        }
        String shorter = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
        return shorter.replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]", "?");
    }
}
