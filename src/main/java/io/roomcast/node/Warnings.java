package io.roomcast.node;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Warnings that clients can cause as often as they like. The first one of a kind is logged at once. Further ones are
 * only counted, and each minute one line tells their number. So an attack cannot fill the log, and hides nothing. Any
 * thread.
 */
@ApplicationScoped
public class Warnings {
    private static final Logger LOG = System.getLogger(Warnings.class.getName());
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Map<String, Kind> kinds = new ConcurrentHashMap<>();
    private LongSupplier nanoClock;

    /** The warnings of one kind since its last line. Guarded by its monitor. */
    private static final class Kind {
        /** Whether the last line is less than an interval old, so that warnings are only counted. */
        private boolean counting;
        /** When the last line was logged. */
        private long loggedAt;

        private long count;
        /** The text of the last warning; null if there was none. */
        private Supplier<String> last;
    }

    /** For the container's proxy. */
    protected Warnings() {}

    @Inject
    public Warnings(Clocks clocks) {
        nanoClock = clocks.nanos();
    }

    /**
     * Logs or counts a warning.
     *
     * @param kind from a bounded set, because a kind is never forgotten
     * @param text what happened, in printable characters; called only when a line is logged
     */
    public void warn(String kind, Supplier<String> text) {
        Kind known = kinds.computeIfAbsent(kind, unused -> new Kind());
        synchronized (known) {
            if (known.counting) {
                known.count++;
                known.last = text;
                return;
            }
            known.counting = true;
            known.loggedAt = nanoClock.getAsLong();
        }
        LOG.log(Level.WARNING, text.get());
    }

    /** Logs the numbers of the kinds whose last line is a minute old. To be called once a second. */
    public void tick() {
        kinds.values().forEach(kind -> logCount(kind, nanoClock.getAsLong(), INTERVAL_NANOS));
    }

    /** Logs the numbers of all kinds. To be called when the node stops. */
    public void flush() {
        kinds.values().forEach(kind -> logCount(kind, nanoClock.getAsLong(), 0));
    }

    private static void logCount(Kind kind, long now, long minNanos) {
        String line;
        synchronized (kind) {
            long nanos = now - kind.loggedAt;
            if (!kind.counting || nanos < minNanos) {
                return;
            }
            if (kind.count == 0) {
                kind.counting = false;
                return;
            }
            line = kind.last.get() + " (the last of " + kind.count + " more in " + TimeUnit.NANOSECONDS.toSeconds(nanos)
                    + " s)";
            kind.loggedAt = now;
            kind.count = 0;
            kind.last = null;
        }
        LOG.log(Level.WARNING, line);
    }
}
