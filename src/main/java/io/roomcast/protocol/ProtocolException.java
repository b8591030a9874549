package io.roomcast.protocol;

/**
 * A frame, name or request that is refused, with the code that the client is told. Carries no stack trace: it is an answer, and
 * hostile clients may cause any number of them.
 */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    private final Long retryAfterMs;

    public ProtocolException(ErrorCode code, String text) {
        this(code, text, null);
    }

    /** @param retryAfterMs when to try again, or null */
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
