package io.roomcast.container;

import io.roomcast.http.LogRateLimiter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Limits the lines that clients can cause in the log of Payara and of Undertow, and makes each of them one line. Payara writes a stack
 * trace for each request that it cannot read. Used by the thread that starts and stops the application.
 */
final class ServerLog {
    /** The limited loggers. The filter of a logger does not apply to the loggers below it, so each logger is listed. */
    private static final List<String> LOGGERS = List.of(
            "jakarta.enterprise.web",
            "jakarta.enterprise.web.core",
            "org.glassfish.grizzly.filterchain.DefaultFilterChain",
            "org.glassfish.grizzly.http.HttpServerFilter",
            "org.glassfish.grizzly.http.server.HttpHandler",
            "org.glassfish.grizzly.http.util.Parameters",
            "websocket");

    /** Undertow writes a stack trace for each client that goes while its response is written. */
    private static final List<String> UNDERTOW_LOGGERS = List.of("io.undertow.request.io");

    /**
     * The loggers, each with the filter that it had before. Without a strong reference, a logger could be
     * garbage-collected, and our filter with it.
     */
    private final Map<Logger, Filter> originalFilters = new HashMap<>();

    private final LogRateLimiter limiter = new LogRateLimiter();

    /**
     * Adds the limit to the loggers.
     *
     * @param onPayara false for the loggers of Undertow, which other servers do not have
     */
    void limit(boolean onPayara) {
        for (String name : onPayara ? LOGGERS : UNDERTOW_LOGGERS) {
            Logger logger = Logger.getLogger(name);
            Filter original = logger.getFilter();
            originalFilters.put(logger, original);
            logger.setFilter(record -> (original == null || original.isLoggable(record)) && isLoggable(record));
        }
    }

    private boolean isLoggable(LogRecord record) {
        boolean loggable = limiter.isLoggable(record);
        LogRateLimiter.dropTrace(record);
        return loggable;
    }

    /** Removes the limit: gives the loggers their original filters back. */
    void restore() {
        originalFilters.forEach(Logger::setFilter);
        originalFilters.clear();
    }
}
