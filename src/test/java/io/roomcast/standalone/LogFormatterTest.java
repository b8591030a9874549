package io.roomcast.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.websocket.tyrus.HandshakeAddOn;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogFormatterTest {
    private static final String FORGED = "ann\n2026-01-01T00:00:00.000+0000 INFO io.roomcast Kicked\u2028\u001b[31m";

    @Test
    void aMessageStaysOnItsLine() {
        List<String> lines = lines(new LogRecord(Level.WARNING, FORGED));
        assertEquals(1, lines.size());
        assertTrue(
                lines.get(0).endsWith("WARNING null ann?2026-01-01T00:00:00.000+0000 INFO io.roomcast Kicked??[31m"),
                lines.get(0));
    }

    @Test
    void theLinesOfAnExceptionAreNoRecords() {
        LogRecord failed = new LogRecord(Level.WARNING, "failed");
        failed.setThrown(new IllegalStateException(FORGED));
        List<String> lines = lines(failed);
        assertTrue(lines.size() > 2);
        assertTrue(lines.stream().skip(1).allMatch(line -> line.startsWith("    ")), lines::toString);
    }

    @Test
    void whatStrangersBringAboutIsNotWorthATrace() {
        IllegalStateException garbage = new IllegalStateException("Unknown protocol \u001b\n" + "x".repeat(8_000));
        garbage.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("org.glassfish.grizzly.http.HttpCodecFilter", "decode", "HttpCodecFilter.java", 1),
            new StackTraceElement(HandshakeAddOn.class.getName(), "handleRead", "HandshakeAddOn.java", 1)
        });
        LogRecord met = new LogRecord(Level.WARNING, "Exception during FilterChain execution");
        met.setLoggerName("org.glassfish.grizzly.filterchain.DefaultFilterChain");
        met.setThrown(garbage);
        List<String> lines = lines(met);
        assertEquals(2, lines.size());
        assertTrue(
                lines.get(1).startsWith("    java.lang.IllegalStateException: Unknown protocol ??xxx"), lines.get(1));
        assertTrue(lines.get(1).length() < 300);

        IllegalStateException ours = new IllegalStateException("a defect");
        ours.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("io.roomcast.websocket.MultiRoomEndpoint", "text", "MultiRoomEndpoint.java", 1)
        });
        met.setThrown(ours);
        assertEquals(3, lines(met).size(), "where it is ours, all is told");
    }

    private static List<String> lines(LogRecord logged) {
        return new LogFormatter().format(logged).lines().toList();
    }
}
