package io.roomcast.service.records;

import io.roomcast.protocol.UserId;

/** A text that is in every body which a user has sent, so that other bodies need not be read. */
final class SenderText {
    private SenderText() {}

    /** The longest part of the id that every writer of JSON leaves as it is; empty if it has none. */
    static String of(UserId user) {
        String id = user.value();
        String longest = "";
        int from = 0;
        for (int i = 0; i <= id.length(); i++) {
            if (i == id.length() || !isPlain(id.charAt(i))) {
                if (i - from > longest.length()) {
                    longest = id.substring(from, i);
                }
                from = i + 1;
            }
        }
        return longest;
    }

    /** Whether every writer of JSON leaves the text as it is. */
    static boolean isPlain(String text) {
        return text.chars().allMatch(SenderText::isPlain);
    }

    private static boolean isPlain(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-';
    }
}
