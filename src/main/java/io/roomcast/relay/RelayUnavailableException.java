package io.roomcast.relay;

/** The relay could not be reached in time. Carries no stack trace: while a relay is away, every request meets it. */
public final class RelayUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RelayUnavailableException(String message) {
        super(message, null, false, false);
    }
}
