package io.roomcast.identity;

/** A token cannot be verified now, because its key is not available. The message is sent to the client. */
public final class TokenUncheckedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TokenUncheckedException() {
        super("tokens cannot be checked now", null, false, false);
    }
}
