package io.roomcast.identity;

/** A token of which nobody can say now whether it is good. The message is for the client. */
public final class TokenUncheckedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TokenUncheckedException() {
        super("tokens cannot be checked now", null, false, false);
    }
}
