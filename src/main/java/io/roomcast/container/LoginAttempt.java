package io.roomcast.container;

import java.util.function.Consumer;

/**
 * An attempt to log in, as {@link LoginLimiter} has allowed or refused it. If it is allowed, the password counts as
 * wrong at the close, unless {@link #succeeded} came before. For one thread.
 */
final class LoginAttempt implements AutoCloseable {
    private static final long MOMENT_SECONDS = 1;

    private final long waitSeconds;
    private final String refusal;
    private Consumer<Boolean> end;

    /** @param end is told whether the password is correct */
    private LoginAttempt(long waitSeconds, String refusal, Consumer<Boolean> end) {
        this.waitSeconds = waitSeconds;
        this.refusal = refusal;
        this.end = end;
    }

    static LoginAttempt allowed(Consumer<Boolean> end) {
        return new LoginAttempt(0, null, end);
    }

    /** Refuses an attempt because of wrong passwords. */
    static LoginAttempt afterFailures(long waitSeconds) {
        return new LoginAttempt(waitSeconds, "too many wrong passwords; try again later", null);
    }

    /** Refuses an attempt because of passwords that are being checked. */
    static LoginAttempt busy() {
        return new LoginAttempt(MOMENT_SECONDS, "too many logins at the same time; try again in a moment", null);
    }

    /** The seconds until the next attempt may be allowed; 0 if this one is. */
    long waitSeconds() {
        return waitSeconds;
    }

    /** The text for the client; null if the attempt is allowed. */
    String refusal() {
        return refusal;
    }

    void succeeded() {
        end(true);
    }

    /** Idempotent. */
    @Override
    public void close() {
        end(false);
    }

    private void end(boolean isCorrect) {
        Consumer<Boolean> first = end;
        end = null;
        if (first != null) {
            first.accept(isCorrect);
        }
    }
}
