package io.roomcast.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLinesTest {
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

    private static List<String> lines(LogRecord logged) {
        return new LogLines().format(logged).lines().toList();
    }
}
