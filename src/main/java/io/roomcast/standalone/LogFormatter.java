package io.roomcast.standalone;

import io.roomcast.http.LogRateLimiter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * Formats each record as one line, followed by the indented lines of an exception. Text of a client may be part of a
 * message or of an exception. Control characters are replaced, so that no client can forge a record.
 */
public final class LogFormatter extends Formatter {
    private static final String CONTROL_CHARACTERS = "[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]";
    private static final int MAX_SUMMARY_CHARS = 200;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxx");

    @Override
    public String format(LogRecord record) {
        String message = formatMessage(record);
        return TIME.format(record.getInstant().atZone(ZoneId.systemDefault()))
                + ' '
                + record.getLevel().getName()
                + ' '
                + record.getLoggerName()
                + ' '
                + (message == null ? "" : message.replaceAll(CONTROL_CHARACTERS, "?"))
                + '\n'
                + (LogRateLimiter.isCausedByClient(record) ? summary(record.getThrown()) : trace(record.getThrown()));
    }

    private static String summary(Throwable thrown) {
        String text = thrown.toString().replaceAll(CONTROL_CHARACTERS, " ");
        return "    " + text.substring(0, Math.min(text.length(), MAX_SUMMARY_CHARS)) + '\n';
    }

    private static String trace(Throwable thrown) {
        if (thrown == null) {
            return "";
        }
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        StringBuilder indented = new StringBuilder();
        text.toString()
                .lines()
                .forEach(line -> indented.append("    ")
                        .append(line.replaceAll(CONTROL_CHARACTERS, " "))
                        .append('\n'));
        return indented.toString();
    }
}
