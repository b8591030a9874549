package io.roomcast.http;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.stream.Stream;

/**
 * Limits log records that clients can cause to one of each kind in ten seconds. The next record says how many were
 * suppressed. Otherwise any client could fill the log. Any thread.
 */
public final class LogRateLimiter implements Filter {
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    /** Our classes that only connect libraries. The client may have caused an exception with them in its trace. */
    private static final List<String> CONNECTING =
            List.of("io.roomcast.standalone.", "io.roomcast.websocket.tyrus.HandshakeAddOn");
    /** The loggers of the libraries that read what clients send: Tyrus and Grizzly, and Payara's web container. */
    private static final List<String> READERS = List.of("org.glassfish.", "jakarta.enterprise.web");

    private final Map<String, Kind> kinds = new HashMap<>();

    private static final class Kind {
        private Instant last;
        private long suppressed;
    }

    /**
     * Whether a library could not process what a client sent, and none of our classes is at fault. Any client can cause
     * such a record, as often as it likes.
     */
    public static boolean isCausedByClient(LogRecord record) {
        String logger = record.getLoggerName();
        return record.getThrown() != null
                && !(record.getThrown() instanceof VirtualMachineError)
                && logger != null
                && READERS.stream().anyMatch(logger::startsWith)
                && Stream.of(record.getThrown().getStackTrace())
                        .map(StackTraceElement::getClassName)
                        .noneMatch(name -> name.startsWith("io.roomcast.")
                                && CONNECTING.stream().noneMatch(name::startsWith));
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        if (!isCausedByClient(record)) {
            return true;
        }
        // The number of names is bounded: exceptions have few classes, and the name contains no text of a client.
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
