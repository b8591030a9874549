package io.roomcast.identity;

/** A token is not valid. The message is sent to the client and contains no part of the token. */
public final class TokenRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TokenRefusedException(String message) {
        super(message, null, false, false);
    }
}
