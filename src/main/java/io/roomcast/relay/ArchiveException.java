package io.roomcast.relay;

/**
 * The archive could not do what it was asked: the database is away, full, read-only or damaged. A call that was to
 * store something may have stored it.
 */
public final class ArchiveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean damaged;

    /** @param damaged whether the data cannot be read as they are, so that repeating the call is of no use */
    public ArchiveException(String message, Throwable cause, boolean damaged) {
        super(message, cause);
        this.damaged = damaged;
    }

    public boolean isDamaged() {
        return damaged;
    }
}
