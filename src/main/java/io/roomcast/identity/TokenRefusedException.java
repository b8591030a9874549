package io.roomcast.identity;

/** A token is not valid. The message is for the client and contains nothing of the token. */
public final class TokenRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TokenRefusedException(String message) {
        super(message, null, false, false);
    }
}
