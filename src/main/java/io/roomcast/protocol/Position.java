package io.roomcast.protocol;

/**
 * A place in a room's numbering of messages.
 *
 * @param epoch name of the numbering; offsets of different epochs cannot be compared
 * @param offset number of a message: 1, 2, 3 …; 0 is the place before the first message
 */
public record Position(String epoch, long offset) {

    /** @throws ProtocolException {@code bad_request} if the server cannot have sent this position to a client */
    public Position {
        if (epoch == null || epoch.isEmpty() || epoch.length() > 64 || offset < 0) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "epoch or offset is missing or out of range");
        }
    }

    /**
     * Reads {@code EPOCH:OFFSET}, the form of a position in the query of a URL.
     *
     * @throws ProtocolException {@code bad_request} if the text does not have this form
     */
    public static Position parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            return new Position(text.substring(0, Math.max(colon, 0)), Long.parseLong(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "since is not EPOCH:OFFSET");
        }
    }
}
