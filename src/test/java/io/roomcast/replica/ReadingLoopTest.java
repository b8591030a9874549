package io.roomcast.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class ReadingLoopTest {
    private static List<String> said(List<Exception> failures) {
        AtomicInteger sessions = new AtomicInteger();
        ReadingLoop loop = new ReadingLoop("The broker at x:1", () -> {
            int session = sessions.getAndIncrement();
            Exception failure = failures.get(Math.min(session, failures.size() - 1));
            if (failure instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new ExecutionException(failure);
        });
        try (CapturedLog log = CapturedLog.of("io.roomcast.replica")) {
            loop.start(Thread::new);
            try {
                Await.until("more sessions than failures", () -> sessions.get() > failures.size());
            } finally {
                loop.close(() -> {});
            }
            return log.messages(Level.WARNING);
        }
    }

    @Test
    void aFailureIsSaidOnce() {
        RuntimeException refused = new IllegalStateException("refused");
        assertEquals(List.of("The broker at x:1 cannot be used: refused"), said(List.of(refused, refused)));
    }

    @Test
    void theFirstCauseIsSaidToo() {
        assertEquals(
                List.of("The broker at x:1 cannot be used: no connection: no route"),
                said(List.of(new IllegalStateException("no connection", new IllegalStateException("no route")))));
    }

    @Test
    void aFailureThatSaysNothingHasAName() {
        assertEquals(
                List.of("The broker at x:1 cannot be used: java.nio.channels.ClosedChannelException"),
                said(List.of(new ClosedChannelException())));
    }
}
