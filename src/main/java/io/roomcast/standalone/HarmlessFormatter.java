package io.roomcast.standalone;

import io.roomcast.node.LogText;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/**
 * Another formatter, which gets only records without control characters. Text of a client may be part of a message or
 * of an exception. So no client can forge a record, in whatever format the user has chosen.
 */
final class HarmlessFormatter extends Formatter {
    private final Formatter formatter;

    HarmlessFormatter(Formatter formatter) {
        this.formatter = formatter;
    }

    @Override
    public String format(LogRecord record) {
        String message = formatMessage(record);
        LogRecord copy = new LogRecord(record.getLevel(), message == null ? null : LogText.printable(message));
        copy.setLoggerName(record.getLoggerName());
        copy.setInstant(record.getInstant());
        copy.setSequenceNumber(record.getSequenceNumber());
        copy.setLongThreadID(record.getLongThreadID());
        copy.setSourceClassName(record.getSourceClassName());
        copy.setSourceMethodName(record.getSourceMethodName());
        copy.setThrown(record.getThrown() == null ? null : new PrintableThrowable(record.getThrown()));
        return formatter.format(copy);
    }

    @Override
    public String getHead(Handler handler) {
        return formatter.getHead(handler);
    }

    @Override
    public String getTail(Handler handler) {
        return formatter.getTail(handler);
    }

    /** An exception as it is printed, without control characters in its message or in those of its causes. */
    private static final class PrintableThrowable extends Throwable {
        private static final long serialVersionUID = 1L;

        private final String text;

        PrintableThrowable(Throwable original) {
            super(null, original.getCause() == null ? null : new PrintableThrowable(original.getCause()));
            text = LogText.printable(original.toString());
            setStackTrace(original.getStackTrace());
            for (Throwable suppressed : original.getSuppressed()) {
                addSuppressed(new PrintableThrowable(suppressed));
            }
        }

        @Override
        public String getMessage() {
            return text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
