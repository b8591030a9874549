package io.roomcast.identity;

/** A token that proves nothing. The message is for the client, and holds nothing of the token. */
public final class TokenRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TokenRefusedException(String message) {
        super(message, null, false, false);
    }
}
