package io.roomcast.identity;

/** A token cannot be checked now, because its keys are not at hand. The message is for the client. */
public final class TokenUncheckedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TokenUncheckedException() {
        super("tokens cannot be checked now", null, false, false);
    }
}
