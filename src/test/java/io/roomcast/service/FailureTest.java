package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.roomcast.identity.TokenRefusedException;
import io.roomcast.identity.TokenUncheckedException;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class FailureTest {

    @Test
    void aRefusalIsTheAnswer() {
        Failure failure =
                Failure.of(new CompletionException(new ProtocolException(ErrorCode.RATE_LIMITED, "slower", 40L)));
        assertEquals(ErrorCode.RATE_LIMITED, failure.code());
        assertEquals("slower", failure.text());
        assertEquals(40L, failure.retryAfterMs());
        assertEquals(Level.OFF, failure.level());
    }

    @Test
    void whatIsAwayMayBeAskedAgain() {
        for (Throwable away : new Throwable[] {new RelayUnavailableException("away"), new TimeoutException()}) {
            Failure failure = Failure.of(away);
            assertEquals(ErrorCode.UNAVAILABLE, failure.code());
            assertEquals(1_000L, failure.retryAfterMs());
            assertEquals(Level.OFF, failure.level());
        }
    }

    @Test
    void aDefectIsLoggedAndNotShown() {
        Throwable defect = new IllegalStateException("a detail of the inside");
        Failure failure = Failure.of(new CompletionException(defect));
        assertEquals(ErrorCode.UNKNOWN, failure.code());
        assertEquals("internal error", failure.text());
        assertNull(failure.retryAfterMs());
        assertEquals(Level.ERROR, failure.level());
        assertSame(defect, failure.cause());
    }

    @Test
    void aTokenIsBadOnlyWhereItWasRefused() {
        assertEquals(
                ErrorCode.UNAUTHENTICATED,
                Failure.ofToken(new TokenRefusedException("expired")).code());
        assertEquals(Level.OFF, Failure.ofToken(new TokenUncheckedException()).level());
        Failure defect = Failure.ofToken(new IllegalStateException("a detail of the inside"));
        assertEquals(ErrorCode.UNAVAILABLE, defect.code());
        assertEquals(Level.WARNING, defect.level());
    }
}
