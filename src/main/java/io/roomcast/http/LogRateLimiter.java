package io.roomcast.http;

import io.roomcast.node.LogText;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;

/**
 * Limits log records that clients can cause. One record of each kind is logged in ten seconds. The next record of that
 * kind says how many were suppressed. Without a limit, any client could fill the log. Any thread.
 */
public final class LogRateLimiter implements Filter {
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    /**
     * Our classes that only connect libraries, by prefixes of their names. An exception with one of these classes in
     * its stack trace may still be caused by a client.
     */
    private static final List<String> GLUE_CLASSES =
            List.of("io.roomcast.standalone.", "io.roomcast.websocket.tyrus.HandshakeAddOn");
    /**
     * The loggers of the libraries that parse input of clients, by prefixes of their names: Tyrus, Grizzly with
     * its own WebSockets, Payara's web container, and Undertow where it writes to clients.
     */
    private static final List<String> PARSER_LOGGERS =
            List.of("org.glassfish.", "jakarta.enterprise.web", "websocket", "io.undertow.request.");

    /** Classes of Payara, GlassFish and the JDK, by prefixes of their names. */
    private static final List<String> SERVER_CLASSES = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "com.sun.",
            "jakarta.",
            "org.glassfish.",
            "org.apache.catalina.",
            "fish.payara.",
            "io.undertow.",
            "org.xnio.",
            "org.jboss.");

    private final Map<String, Kind> kinds = new HashMap<>();

    /** The records of one kind. */
    private static final class Kind {
        /** When the last record was logged; null before the first. */
        private Instant last;
        /** Records that were suppressed since then. */
        private long suppressed;
    }

    /**
     * Whether a library could not process input of a client, and none of our classes is at fault. Any client can cause
     * such a record as often as it likes.
     */
    public static boolean isCausedByClient(LogRecord record) {
        String logger = record.getLoggerName();
        return record.getThrown() != null
                && !(record.getThrown() instanceof VirtualMachineError)
                && logger != null
                && PARSER_LOGGERS.stream().anyMatch(logger::startsWith)
                && Stream.of(record.getThrown().getStackTrace())
                        .map(StackTraceElement::getClassName)
                        .noneMatch(name -> name.startsWith("io.roomcast.")
                                && GLUE_CLASSES.stream().noneMatch(name::startsWith));
    }

    /**
     * Puts the exception of a record that a client caused into its message, in place of a stack trace. It says what the
     * client sent, and nothing about a defect. A trace with classes of another application stays.
     */
    public static void dropTrace(LogRecord record) {
        if (isCausedByClient(record)
                && Stream.of(record.getThrown().getStackTrace())
                        .map(StackTraceElement::getClassName)
                        .allMatch(name -> SERVER_CLASSES.stream().anyMatch(name::startsWith)
                                || GLUE_CLASSES.stream().anyMatch(name::startsWith))) {
            String message = new SimpleFormatter().formatMessage(record);
            record.setMessage(message + ": " + LogText.of(record.getThrown().toString()));
            record.setResourceBundle(null);
            record.setParameters(null);
            record.setThrown(null);
        }
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        if (!isCausedByClient(record)) {
            return true;
        }
        // The number of kinds is bounded, because exceptions have few classes and the name contains no text of a
        // client.
        String name =
                record.getLoggerName() + ' ' + record.getThrown().getClass().getName();
        synchronized (kinds) {
            Kind kind = kinds.computeIfAbsent(name, unknown -> new Kind());
            if (kind.last != null && record.getInstant().isBefore(kind.last.plus(INTERVAL))) {
                kind.suppressed++;
                return false;
            }
            if (kind.suppressed > 0) {
                record.setMessage(
                        record.getMessage() + " (" + kind.suppressed + " more like this since the last line)");
            }
            kind.last = record.getInstant();
            kind.suppressed = 0;
            return true;
        }
    }
}
