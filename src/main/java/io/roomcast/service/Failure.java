package io.roomcast.service;

import io.roomcast.identity.TokenRefusedException;
import io.roomcast.identity.TokenUncheckedException;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * What a failed request means to whoever asked, over WebSocket, HTTP or JMX. This is the only place that maps exceptions to codes.
 *
 * @param retryAfterMs when the same request may succeed; null where asking again does not help
 * @param level at which the failure belongs in the log, {@link Level#OFF} where it is an answer and no accident
 * @param cause without the exceptions that futures wrap around it
 */
public record Failure(ErrorCode code, String text, Long retryAfterMs, Level level, Throwable cause) {
    private static final long RETRY_AFTER_MS = 1_000;

    public static Failure of(Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof ProtocolException refused) {
            Long retry = refused.retryAfterMs() == null ? retryAfterMs(refused.code()) : refused.retryAfterMs();
            return new Failure(refused.code(), refused.getMessage(), retry, Level.OFF, cause);
        } else if (cause instanceof TokenRefusedException) {
            return answer(ErrorCode.UNAUTHENTICATED, cause.getMessage(), cause);
        } else if (cause instanceof TokenUncheckedException) {
            return answer(ErrorCode.UNAVAILABLE, cause.getMessage() + "; try again", cause);
        } else if (cause instanceof RelayUnavailableException || cause instanceof TimeoutException) {
            return answer(ErrorCode.UNAVAILABLE, "could not be stored or read now; try again with the same key", cause);
        }
        return new Failure(ErrorCode.UNKNOWN, "internal error", null, Level.ERROR, cause);
    }

    /** As {@link #of}, for the check of a token: any failure but a refusal says nothing about the token. */
    public static Failure ofToken(Throwable failure) {
        Failure known = of(failure);
        if (known.code == ErrorCode.UNAUTHENTICATED) {
            return known;
        }
        Failure unchecked = of(new TokenUncheckedException());
        return new Failure(
                unchecked.code,
                unchecked.text,
                unchecked.retryAfterMs,
                known.code == ErrorCode.UNKNOWN ? Level.WARNING : Level.OFF,
                known.cause);
    }

    /** Usual for a code: a second where the failure is temporary, else null. */
    static Long retryAfterMs(ErrorCode code) {
        return code.isTemporary() ? Long.valueOf(RETRY_AFTER_MS) : null;
    }

    /** @param what failed, for the log */
    public void log(Logger logger, String what) {
        if (level != Level.OFF) {
            logger.log(level, what, cause);
        }
    }

    private static Failure answer(ErrorCode code, String text, Throwable cause) {
        return new Failure(code, text, retryAfterMs(code), Level.OFF, cause);
    }

    private static Throwable unwrapped(Throwable failure) {
        boolean wrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapped && failure.getCause() != null ? failure.getCause() : failure;
    }
}
