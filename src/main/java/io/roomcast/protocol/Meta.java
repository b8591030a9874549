package io.roomcast.protocol;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Short texts by name that belong to a message, such as a trace id, in the order of their publisher.
 *
 * @param entries not empty
 * @param bytes length of all names and values in UTF-8
 */
public record Meta(Map<String, String> entries, int bytes) {
    private static final int MAX_NAME_LENGTH = 64;
    /** Names that an error may repeat. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9_.-]{1," + MAX_NAME_LENGTH + "}");

    /**
     * Checks the entries. A name follows the rule for idempotency keys, and a value that for content.
     *
     * @param entries null or empty for none
     * @return null for none
     * @throws ProtocolException {@code bad_request} or {@code too_large}; its text names the entry
     */
    static Meta of(Map<String, String> entries) {
        if (entries == null || entries.isEmpty()) {
            return null;
        }
        int bytes = 0;
        int number = 0;
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            number++;
            bytes += Text.checkedLine("the name of " + what("", number), entry.getKey(), MAX_NAME_LENGTH);
            bytes += Text.checkedUtf8Length(what(entry.getKey(), number), entry.getValue());
        }
        return new Meta(entries, bytes);
    }

    /** How errors call an entry: by its name, or by its number if its name is not fit to be repeated. */
    public static String what(String name, int number) {
        return HARMLESS.matcher(name).matches() ? "meta." + name : "entry " + number + " of meta";
    }
}
