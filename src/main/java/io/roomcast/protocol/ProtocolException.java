package io.roomcast.protocol;

/**
 * A frame, name or request is refused. The code and the text are sent to the client or back end. The exception has no
 * stack trace, because hostile clients may cause any number of these exceptions.
 */
public class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    private final Long retryAfterMs;

    private final transient Position position;

    private final String limit;

    public ProtocolException(ErrorCode code, String text) {
        this(code, text, null);
    }

    /** @param retryAfterMs milliseconds after which to try again, or null */
    public ProtocolException(ErrorCode code, String text, Long retryAfterMs) {
        this(code, text, retryAfterMs, null, null);
    }

    private ProtocolException(ErrorCode code, String text, Long retryAfterMs, Position position, String limit) {
        super(text, null, false, false);
        this.code = code;
        this.retryAfterMs = retryAfterMs;
        this.position = position;
        this.limit = limit;
    }

    /**
     * A request names a position of an old epoch.
     *
     * @param present the present position of the room
     */
    public static ProtocolException renumbered(Position present) {
        return new ProtocolException(
                ErrorCode.RENUMBERED, "the room has another epoch now, and new offsets", null, present, null);
    }

    /**
     * A limit was reached.
     *
     * @param key the name of its key
     * @param retryAfterMs milliseconds after which to try again, or null
     */
    public static ProtocolException limitReached(String key, ErrorCode code, String text, Long retryAfterMs) {
        return new ProtocolException(code, text, retryAfterMs, null, key);
    }

    /** The name of the key of the limit that was reached; null if no limit was. */
    public String limit() {
        return limit;
    }

    /** The present position of the room, which the client needs; null for most codes. */
    public Position position() {
        return position;
    }

    public Long retryAfterMs() {
        return retryAfterMs;
    }

    public ErrorCode code() {
        return code;
    }
}
