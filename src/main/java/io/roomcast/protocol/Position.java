package io.roomcast.protocol;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a room's numbering of messages. The time of the message there is its proof: another message at the same
 * place mostly has another time. So a client that returns can be told from which messages it comes.
 *
 * @param epoch name of the numbering; offsets of different epochs cannot be compared
 * @param offset number of a message: 1, 2, 3 …; 0 is the place before the first message
 * @param at {@code at} of the message at the offset; 0 if it is not known
 */
public record Position(String epoch, long offset, long at) {
    /** The largest offset that a message may have. */
    public static final long MAX_OFFSET = WholeNumber.MAX;

    private static final Pattern QUERY = Pattern.compile("([^:]+):(\\d{1,18})(?::(\\d{1,18}))?");

    /** @throws ProtocolException {@code bad_request} if the server cannot have sent this position to a client */
    public Position {
        if (epoch == null || epoch.isEmpty() || epoch.length() > 64 || isOutside(offset) || isOutside(at)) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "epoch or offset is missing or out of range");
        }
    }

    private static boolean isOutside(long number) {
        return number < 0 || number > WholeNumber.MAX;
    }

    /** A position without a proof. */
    public Position(String epoch, long offset) {
        this(epoch, offset, 0);
    }

    /**
     * Reads {@code EPOCH:OFFSET} or {@code EPOCH:OFFSET:AT}, the forms of a position in the query of a URL.
     *
     * @throws ProtocolException {@code bad_request} if the text does not have one of these forms
     */
    public static Position parse(String text) {
        Matcher parts = QUERY.matcher(text);
        if (!parts.matches()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "a position is EPOCH:OFFSET or EPOCH:OFFSET:AT");
        }
        return new Position(
                parts.group(1),
                Long.parseLong(parts.group(2)),
                parts.group(3) == null ? 0 : Long.parseLong(parts.group(3)));
    }

    /** Whether a message is at this position, and the time of the message is known. */
    public boolean isProvable() {
        return offset > 0 && at > 0;
    }

    /** Whether the message at this offset of the same epoch is another one, as its time says. */
    public boolean isRefutedBy(long otherAt) {
        return isProvable() && otherAt > 0 && otherAt != at;
    }
}
