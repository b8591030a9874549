package io.roomcast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogRateLimiterTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final LogRateLimiter lines = new LogRateLimiter();

    @Test
    void oneLineOfAKindIsEnough() {
        assertTrue(lines.isLoggable(brokenBy(new IllegalStateException("a"), 0)));
        for (int i = 0; i < 1_000; i++) {
            assertFalse(lines.isLoggable(brokenBy(new IllegalStateException("b" + i), 5)));
        }
        assertTrue(lines.isLoggable(brokenBy(new IllegalArgumentException("of another kind"), 5)));
        LogRecord later = brokenBy(new IllegalStateException("c"), 10);
        assertTrue(lines.isLoggable(later));
        assertEquals("broken (1000 more like this since the last line)", later.getMessage());
        LogRecord last = brokenBy(new IllegalStateException("d"), 30);
        assertTrue(lines.isLoggable(last));
        assertEquals("broken", last.getMessage());
    }

    @Test
    void nothingElseIsLeftOut() {
        LogRecord ours = brokenBy(new IllegalStateException(), 0);
        ours.setLoggerName("io.roomcast.node.Node");
        LogRecord memory = brokenBy(new OutOfMemoryError(), 0);
        LogRecord plain = brokenBy(null, 0);
        for (int i = 0; i < 3; i++) {
            assertTrue(lines.isLoggable(ours));
            assertTrue(lines.isLoggable(memory));
            assertTrue(lines.isLoggable(plain));
        }
    }

    @Test
    void theTraceOfWhatStrangersSendIsOneLine() {
        LogRecord record = brokenBy(new IllegalStateException("Host a\nb"), 0);
        LogRateLimiter.dropTrace(record);
        assertNull(record.getThrown());
        assertEquals("broken: java.lang.IllegalStateException: Host a?b", record.getMessage());
        LogRecord ours = brokenBy(new IllegalStateException(), 0);
        ours.setLoggerName("io.roomcast.node.Node");
        LogRateLimiter.dropTrace(ours);
        assertNotNull(ours.getThrown());
        LogRecord othersDefect = brokenBy(new IllegalStateException(), 0);
        othersDefect.getThrown().setStackTrace(new StackTraceElement[] {
            new StackTraceElement("com.example.shop.CartServlet", "doGet", "CartServlet.java", 7),
            new StackTraceElement("jakarta.servlet.http.HttpServlet", "service", "HttpServlet.java", 500)
        });
        LogRateLimiter.dropTrace(othersDefect);
        assertNotNull(othersDefect.getThrown());
    }

    private static LogRecord brokenBy(Throwable cause, int second) {
        if (cause != null) {
            cause.setStackTrace(new StackTraceElement[0]);
        }
        LogRecord record = new LogRecord(Level.WARNING, "broken");
        record.setLoggerName("org.glassfish.grizzly.filterchain.DefaultFilterChain");
        record.setThrown(cause);
        record.setInstant(NOON.plusSeconds(second));
        return record;
    }
}
