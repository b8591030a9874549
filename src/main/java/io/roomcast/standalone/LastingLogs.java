package io.roomcast.standalone;

import java.util.function.Consumer;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * A log manager that logs until the server has stopped. The JDK's own log manager removes all handlers as soon as the
 * JVM is told to end, while the server still closes its sessions. It also shows all loggers to {@link LogSetup}, because
 * each may have handlers of its own.
 */
public final class LastingLogs extends LogManager {
    /** Whether handlers are kept. */
    private volatile boolean lasting;

    private volatile Consumer<Logger> listener = unused -> {};

    /** For java.util.logging. */
    public LastingLogs() {}

    /** Keeps the handlers until {@link #end}. Has no effect if the JVM has another log manager. */
    static void last() {
        if (LogManager.getLogManager() instanceof LastingLogs manager) {
            manager.lasting = true;
        }
    }

    /** Closes the handlers, so that files are complete. To be called after the last line. */
    static void end() {
        if (LogManager.getLogManager() instanceof LastingLogs manager) {
            manager.lasting = false;
            manager.reset();
        }
    }

    /** Shows all loggers to {@code next}: those that there are, and each later one when it is added. */
    static void forEachLogger(Consumer<Logger> next) {
        LogManager manager = LogManager.getLogManager();
        if (manager instanceof LastingLogs own) {
            own.listener = next;
        }
        manager.getLoggerNames().asIterator().forEachRemaining(name -> {
            Logger logger = manager.getLogger(name);
            if (logger != null) {
                next.accept(logger);
            }
        });
    }

    @Override
    public boolean addLogger(Logger logger) {
        boolean added = super.addLogger(logger);
        if (added) {
            listener.accept(logger);
        }
        return added;
    }

    @Override
    public void reset() {
        if (!lasting) {
            super.reset();
        }
    }
}
