package io.roomcast.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Http;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

/** No stranger forges a record, in whatever format. */
class HarmlessFormatterTest {
    private static final String FORGED = "ann\n2030 INFO Kicked\u2028\u0085\u202e\u001b[31m \"\\";

    @Test
    void theFormatOfTheUserGetsHarmlessText() {
        LogRecord logged = new LogRecord(Level.WARNING, "{0} came");
        logged.setParameters(new Object[] {FORGED});
        logged.setThrown(new IllegalStateException(FORGED, new IllegalArgumentException(FORGED)));
        Formatter formatter = new HarmlessFormatter(new SimpleFormatter());
        List<String> lines = formatter.format(logged).lines().toList();
        assertTrue(lines.get(1).endsWith("ann?2030 INFO Kicked????[31m \"\\ came"), lines::toString);
        assertEquals(
                2,
                lines.stream()
                        .filter(line -> line.contains("Exception: ann?2030 INFO"))
                        .count(),
                lines::toString);
        assertTrue(lines.stream().noneMatch(line -> line.startsWith("2030")), lines::toString);
    }

    @Test
    void jsonKeepsTheTextAndStaysOnOneLine() {
        LogRecord logged = new LogRecord(Level.WARNING, FORGED);
        logged.setThrown(new IllegalStateException(FORGED));
        String line = new JsonLogFormatter().format(logged);
        assertEquals(1, line.lines().count(), line);
        assertTrue(line.codePoints().allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f), line);
        assertEquals(FORGED, Http.read(line).getString("message"));
        assertTrue(Http.read(line).getString("exception").startsWith("java.lang.IllegalStateException: ann"));
    }
}
