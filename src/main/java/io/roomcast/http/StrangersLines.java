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
 * Lets through one line in ten seconds of each kind that strangers can bring about, and says in the next how many were left out: a log is no place where they may write
 * as much as they like. Any thread.
 */
public final class StrangersLines implements Filter {
    private static final Duration QUIET = Duration.ofSeconds(10);
    /** Carries all that comes from one library to the other. */
    private static final String CARRIER = "io.roomcast.standalone.";
    /** Read what comes, and tell of what they cannot read. */
    private static final List<String> READERS = List.of("org.glassfish.", "jakarta.enterprise.web");

    private final Map<String, Kind> kinds = new HashMap<>();

    private static final class Kind {
        private Instant last;
        private long leftOut;
    }

    /**
     * Whether the server under us could not make sense of what came, and nothing of ours is at fault. Anybody can bring that about, as often as they
     * like.
     */
    public static boolean isOne(LogRecord record) {
        String logger = record.getLoggerName();
        return record.getThrown() != null
                && !(record.getThrown() instanceof VirtualMachineError)
                && logger != null
                && READERS.stream().anyMatch(logger::startsWith)
                && Stream.of(record.getThrown().getStackTrace())
                        .map(StackTraceElement::getClassName)
                        .noneMatch(name -> name.startsWith("io.roomcast.") && !name.startsWith(CARRIER));
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        if (!isOne(record)) {
            return true;
        }
        // Classes of exceptions, of which there are a few: never what a client sent.
        String name =
                record.getLoggerName() + ' ' + record.getThrown().getClass().getName();
        synchronized (kinds) {
            Kind kind = kinds.computeIfAbsent(name, unknown -> new Kind());
            if (kind.last != null && record.getInstant().isBefore(kind.last.plus(QUIET))) {
                kind.leftOut++;
                return false;
            }
            if (kind.leftOut > 0) {
                record.setMessage(record.getMessage() + " (" + kind.leftOut + " more like this since the last line)");
            }
            kind.last = record.getInstant();
            kind.leftOut = 0;
            return true;
        }
    }
}
