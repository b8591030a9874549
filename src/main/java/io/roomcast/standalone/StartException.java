package io.roomcast.standalone;

/** The server cannot start, for a reason that one line tells. */
final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartException(String message) {
        super(message, null, false, false);
    }
}
