package io.roomcast.standalone;

import io.roomcast.http.LogRateLimiter;
import io.roomcast.node.LogText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;

/**
 * Formats each record as one line, followed by the indented lines of an exception. Text of a client may be part of a
 * message or of an exception. Control characters are replaced, so that no client can forge a record.
 */
public final class LogFormatter extends Formatter {
    private static final int INDENT = 4;
    private static final int MAX_SUMMARY_CHARS = 200;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxx");

    @Override
    public String format(LogRecord record) {
        String message = formatMessage(record);
        return time(record)
                + ' '
                + record.getLevel().getName()
                + ' '
                + record.getLoggerName()
                + ' '
                + (message == null ? "" : LogText.printable(message))
                + '\n'
                + exception(record).indent(INDENT);
    }

    static String time(LogRecord record) {
        return TIME.format(record.getInstant().atZone(ZoneId.systemDefault()));
    }

    /**
     * The exception of a record and its stack trace, without control characters but line ends. Of an exception that any
     * client can cause, the class and the beginning of the message.
     */
    static String exception(LogRecord record) {
        return LogRateLimiter.isCausedByClient(record) ? summary(record.getThrown()) : trace(record.getThrown());
    }

    private static String summary(Throwable thrown) {
        String text = LogText.printable(thrown.toString());
        return text.substring(0, Math.min(text.length(), MAX_SUMMARY_CHARS));
    }

    private static String trace(Throwable thrown) {
        if (thrown == null) {
            return "";
        }
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString()
                .lines()
                .map(line -> LogText.printable(line.replace("\t", "    ")))
                .collect(Collectors.joining("\n"));
    }
}
