package io.roomcast.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class OutOfMemoryExitTest {
    private final AtomicInteger ends = new AtomicInteger();
    private final OutOfMemoryExit watch = new OutOfMemoryExit(ends::incrementAndGet);

    @Test
    void oneThatWasCaughtAndLoggedEndsIt() {
        log(new CompletionException(new IllegalStateException(new OutOfMemoryError("Java heap space"))));
        assertEquals(1, ends.get());
    }

    @Test
    void oneThatNobodyCaughtEndsIt() {
        watch.uncaughtException(Thread.currentThread(), new OutOfMemoryError("Metaspace"));
        assertEquals(1, ends.get());
    }

    @Test
    void norDoesOneGoOnThatOnlyCollects() {
        for (int second = 1; second < OutOfMemoryExit.EXHAUSTED_SECONDS; second++) {
            watch.sample(0.95, 0.99);
        }
        assertEquals(0, ends.get());
        watch.sample(0.95, 0.5);
        watch.sample(0.1, 0.99);
        for (int second = 1; second < OutOfMemoryExit.EXHAUSTED_SECONDS; second++) {
            watch.sample(0.95, 0.99);
        }
        assertEquals(0, ends.get());
        watch.sample(0.95, 0.99);
        assertEquals(1, ends.get());
    }

    @Test
    void nothingElseDoes() {
        log(null);
        log(new StackOverflowError());
        log(new OutOfMemoryError("Requested array size exceeds VM limit"));
        Exception loop = new Exception();
        loop.initCause(new Exception(loop));
        log(loop);
        assertEquals(0, ends.get());
    }

    private void log(Throwable thrown) {
        LogRecord record = new LogRecord(Level.WARNING, "something failed");
        record.setThrown(thrown);
        watch.publish(record);
    }
}
