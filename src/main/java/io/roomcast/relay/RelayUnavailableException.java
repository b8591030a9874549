package io.roomcast.relay;

/**
 * The relay could not be reached, or did not confirm a call. Has no stack trace, since every request fails with
 * this exception while a relay is unavailable, and stack traces would be expensive.
 */
public final class RelayUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RelayUnavailableException(String message) {
        super(message, null, false, false);
    }
}
