package io.roomcast.standalone;

/** The server cannot start. The message is one line for its user. */
final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartException(String message) {
        super(message, null, false, false);
    }
}
