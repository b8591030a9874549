package io.roomcast.protocol;

/**
 * A frame, name or request is refused. The code and the text are sent to the client or back end. The exception has no
 * stack trace, because hostile clients may cause any number of these exceptions.
 */
public class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    private final Long retryAfterMs;

    public ProtocolException(ErrorCode code, String text) {
        this(code, text, null);
    }

    /** @param retryAfterMs milliseconds after which to try again, or null */
    public ProtocolException(ErrorCode code, String text, Long retryAfterMs) {
        super(text, null, false, false);
        this.code = code;
        this.retryAfterMs = retryAfterMs;
    }

    public Long retryAfterMs() {
        return retryAfterMs;
    }

    public ErrorCode code() {
        return code;
    }
}
