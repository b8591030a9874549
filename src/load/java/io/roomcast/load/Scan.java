package io.roomcast.load;

import java.nio.charset.StandardCharsets;

/**
 * Finds the few things that matter in a {@code message} frame, without parsing it: the tester must not be slower than
 * the server. What the frame looks like otherwise does not matter; what is not found here is parsed as JSON.
 */
final class Scan {
    private static final byte[] MESSAGE = ascii("{\"type\":\"message\"");
    private static final byte[] OFFSET = ascii("\"offset\":");
    private static final byte[] AT = ascii("\"at\":");
    private static final byte[] CONTENT = ascii("\"content\":\"");

    private final byte[] bytes;
    private final int to;
    private int at;

    Scan(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.to = to;
        this.at = from;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    boolean isMessage() {
        return startsWith(MESSAGE);
    }

    /** @return -1 where there is none */
    long offset() {
        return find(OFFSET) ? number() : -1;
    }

    /** The time in the message, where it comes right behind the offset, as nodes send it; else 0. */
    long at() {
        return skip(AT) ? number() : 0;
    }

    /** Goes to the content, from wherever this is. */
    boolean toContent() {
        return find(CONTENT);
    }

    private boolean startsWith(byte[] word) {
        if (to - at < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (bytes[at + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether this word comes next; then goes behind it. */
    boolean skip(byte[] word) {
        boolean there = startsWith(word);
        at += there ? word.length : 0;
        return there;
    }

    private boolean find(byte[] word) {
        int before = at;
        for (; at + word.length <= to; at++) {
            if (bytes[at] == word[0] && startsWith(word)) {
                at += word.length;
                return true;
            }
        }
        at = before;
        return false;
    }

    /** The digits that come next, and one character behind them is passed over. */
    long number() {
        long number = 0;
        while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
            number = number * 10 + bytes[at++] - '0';
        }
        at++;
        return number;
    }
}
