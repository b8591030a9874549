package io.roomcast.protocol;

/**
 * A place in a room's order of messages.
 *
 * @param epoch identity of the numbering; offsets of different epochs cannot be compared
 * @param offset of a message: 1, 2, 3 …; 0 is before the first
 */
public record Position(String epoch, long offset) {

    /** @throws ProtocolException {@code bad_request}, when a client could not have been given this */
    public Position {
        if (epoch == null || epoch.isEmpty() || epoch.length() > 64 || offset < 0) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "epoch or offset is missing or out of range");
        }
    }

    /** Reads {@code EPOCH:OFFSET}, the form that fits into a query. */
    public static Position parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            return new Position(text.substring(0, Math.max(colon, 0)), Long.parseLong(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "since is not EPOCH:OFFSET");
        }
    }
}
