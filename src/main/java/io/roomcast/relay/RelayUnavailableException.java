package io.roomcast.relay;

/**
 * The relay could not be reached, or did not confirm a call. Has no stack trace, since every request fails with
 * this exception while a relay is unavailable, and stack traces would be expensive.
 */
public final class RelayUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean isNothingDone;

    public RelayUnavailableException(String message) {
        this(message, false);
    }

    private RelayUnavailableException(String message, boolean isNothingDone) {
        super(message, null, false, false);
        this.isNothingDone = isNothingDone;
    }

    /** For a call that certainly has no effect, neither now nor later. */
    public static RelayUnavailableException nothingDone(String message) {
        return new RelayUnavailableException(message, true);
    }

    /** Whether the call certainly has no effect. Otherwise nobody knows. */
    public boolean isNothingDone() {
        return isNothingDone;
    }
}
