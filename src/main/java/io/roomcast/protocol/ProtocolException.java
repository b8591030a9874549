package io.roomcast.protocol;

/**
 * A frame, name or request that is refused, with the code that the client is told. Carries no stack trace: it is an answer, and
 * hostile clients may cause any number of them.
 */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public ProtocolException(ErrorCode code, String text) {
        super(text, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
