package io.roomcast.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Messages that a search has found.
 *
 * @param results newest first
 * @param cursor where the next page begins; 0 if there is none
 */
public record SearchPage(List<Result> results, long cursor) {
    private static final int RADIX = 36;

    /** As many values have the four last characters of a cursor, which are made of the others. */
    private static final int CHECKS = RADIX * RADIX * RADIX * RADIX;

    private static final int CHECK_LENGTH = 4;

    /**
     * @param room where it was said
     * @param hits the words that were looked for, in the content, in their order
     */
    public record Result(RoomName room, String epoch, StoredMessage message, List<Words.Word> hits) {}

    /** A cursor as clients see it. */
    public static String wire(long cursor) {
        String text = Long.toString(cursor, RADIX);
        return text + check(text);
    }

    /** Tells what a server has sent from what somebody made up by mistake; nothing is secret. */
    private static String check(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        // One digit more, so that there are always as many.
        return Long.toString(CHECKS + crc.getValue() % CHECKS, RADIX).substring(1);
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
            long cursor = Long.parseLong(text.substring(0, Math.max(0, text.length() - CHECK_LENGTH)), RADIX);
            if (cursor > 0 && wire(cursor).equals(text)) {
                return cursor;
            }
        } catch (NumberFormatException e) {
            // As if it were out of range.
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, "cursor is not one that the server has sent");
    }
}
