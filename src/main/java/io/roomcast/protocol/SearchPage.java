package io.roomcast.protocol;

import java.util.List;

/**
 * Messages that a search has found.
 *
 * @param results newest first
 * @param cursor where the next page begins; 0 if there is none
 */
public record SearchPage(List<Result> results, long cursor) {
    private static final int RADIX = 36;

    /**
     * @param room where it was said
     * @param hits the words that were looked for, in the content, in their order
     */
    public record Result(RoomName room, String epoch, StoredMessage message, List<Words.Word> hits) {}

    /** A cursor as clients see it. */
    public static String wire(long cursor) {
        return Long.toString(cursor, RADIX);
    }

    /**
     * Reads a cursor of a client.
     *
     * @param text null if none was given
     * @return 0 if none was given
     * @throws ProtocolException {@code bad_request} if the server cannot have sent it
     */
    public static long cursor(String text) {
        if (text == null) {
            return 0;
        }
        try {
            long cursor = Long.parseLong(text, RADIX);
            if (cursor > 0) {
                return cursor;
            }
        } catch (NumberFormatException e) {
            // As if it were out of range.
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, "cursor is not one that the server has sent");
    }
}
