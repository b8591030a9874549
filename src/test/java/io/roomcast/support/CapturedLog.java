package io.roomcast.support;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What is logged under a name while this is open, whichever thread logs it. */
public final class CapturedLog extends Handler implements AutoCloseable {
    /** Held here: the logging itself lets go of loggers that nobody holds, and of their handlers. */
    private final Logger logger;

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    private CapturedLog(Logger logger) {
        this.logger = logger;
        setFormatter(new SimpleFormatter());
    }

    /** @param name of a logger, or of a package for all loggers in it */
    public static CapturedLog of(String name) {
        CapturedLog log = new CapturedLog(Logger.getLogger(name));
        log.logger.addHandler(log);
        return log;
    }

    /** The messages from this level on, with what was put into them. */
    public List<String> messages(Level from) {
        return records.stream()
                .filter(logged -> logged.getLevel().intValue() >= from.intValue())
                .map(getFormatter()::formatMessage)
                .toList();
    }

    /** Whether anything was logged with a stack trace. */
    public boolean hasTraces() {
        return records.stream().anyMatch(logged -> logged.getThrown() != null);
    }

    @Override
    public void publish(LogRecord logged) {
        records.add(logged);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
