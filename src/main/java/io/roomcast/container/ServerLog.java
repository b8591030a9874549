package io.roomcast.container;

import io.roomcast.http.LogRateLimiter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.Logger;

/**
 * Limits the lines that clients can cause in the log of Payara, which writes a stack trace for each request that it
 * cannot read. Used by the thread that starts and stops the application.
 */
final class ServerLog {
    /** Every logger is listed by name, because the filter of a logger does not apply to the loggers below it. */
    private static final List<String> LOGGERS = List.of(
            "jakarta.enterprise.web",
            "jakarta.enterprise.web.core",
            "org.glassfish.grizzly.http.HttpServerFilter",
            "org.glassfish.grizzly.http.server.HttpHandler",
            "org.glassfish.grizzly.http.util.Parameters");

    /** The loggers with their own filters. Without a reference here, a logger could be collected with our filter. */
    private final Map<Logger, Filter> before = new HashMap<>();

    private final LogRateLimiter limiter = new LogRateLimiter();

    /** Adds the limit to the loggers. */
    void limit() {
        for (String name : LOGGERS) {
            Logger logger = Logger.getLogger(name);
            Filter present = logger.getFilter();
            before.put(logger, present);
            logger.setFilter(record -> (present == null || present.isLoggable(record)) && limiter.isLoggable(record));
        }
    }

    /** Gives the loggers their own filters back. */
    void restore() {
        before.forEach(Logger::setFilter);
        before.clear();
    }
}
