package io.roomcast.service;

import io.roomcast.identity.TokenRefusedException;
import io.roomcast.identity.TokenUncheckedException;
import io.roomcast.node.Limits;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The error code and the text of a failed request, over WebSocket, HTTP or JMX. No other class maps exceptions to error
 * codes.
 *
 * @param retryAfterMs milliseconds after which the same request may succeed; null if a repetition does not help
 * @param level level of the failure in the log; {@link Level#OFF} if the failure is an ordinary answer
 * @param cause the exception, without the exceptions that futures wrap around it
 */
public record Failure(ErrorCode code, String text, Long retryAfterMs, Level level, Throwable cause) {
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
            return answer(ErrorCode.UNAVAILABLE, "could not be stored or read now; try again", cause);
        }
        return new Failure(ErrorCode.UNKNOWN, "internal error", null, Level.ERROR, cause);
    }

    /**
     * As {@link #of}, for the check of a token. Only {@link TokenRefusedException} means that the token is bad. Any
     * other exception means that the token could not be checked ({@code unavailable}).
     */
    public static Failure ofToken(Throwable failure) {
        Failure mapped = of(failure);
        if (mapped.cause instanceof TokenRefusedException) {
            return mapped;
        }
        Failure unchecked = of(new TokenUncheckedException());
        return new Failure(
                unchecked.code,
                unchecked.text,
                unchecked.retryAfterMs,
                mapped.cause instanceof TokenUncheckedException ? Level.OFF : Level.WARNING,
                mapped.cause);
    }

    /** The present position of the room, if the failure is {@code renumbered}; else null. */
    public Position position() {
        return cause instanceof ProtocolException refused ? refused.position() : null;
    }

    /** The name of the key of the limit that was reached; null if no limit was. */
    public String limit() {
        return cause instanceof ProtocolException refused ? refused.limit() : null;
    }

    /** The usual delay of a code in milliseconds, if its failure is temporary; else null. */
    public static Long retryAfterMs(ErrorCode code) {
        return code.isTemporary() ? Long.valueOf(Limits.RETRY_AFTER_MS) : null;
    }

    /**
     * Logs the failure at its level.
     *
     * @param what the text of the log entry, which says what failed
     */
    public void log(Logger logger, String what) {
        if (level != Level.OFF) {
            logger.log(level, what, cause);
        }
    }

    private static Failure answer(ErrorCode code, String text, Throwable cause) {
        return new Failure(code, text, retryAfterMs(code), Level.OFF, cause);
    }

    private static Throwable unwrapped(Throwable failure) {
        boolean isWrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
        return isWrapped && failure.getCause() != null ? failure.getCause() : failure;
    }
}
