package io.roomcast.container;

import io.roomcast.http.StrangersLines;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.Logger;

/** Keeps strangers from filling the log of Payara, which writes a stack trace for each request that it cannot read. Used by the thread that starts and ends the application. */
final class ServerLog {
    /** A filter holds for one logger, not for those below it. */
    private static final List<String> LOGGERS = List.of(
            "jakarta.enterprise.web",
            "jakarta.enterprise.web.core",
            "org.glassfish.grizzly.http.HttpServerFilter",
            "org.glassfish.grizzly.http.server.HttpHandler",
            "org.glassfish.grizzly.http.util.Parameters");

    /** Held here: what nobody holds is forgotten with its filter. */
    private final Map<Logger, Filter> before = new HashMap<>();

    private final StrangersLines lines = new StrangersLines();

    void begin() {
        for (String name : LOGGERS) {
            Logger logger = Logger.getLogger(name);
            Filter present = logger.getFilter();
            before.put(logger, present);
            logger.setFilter(record -> (present == null || present.isLoggable(record)) && lines.isLoggable(record));
        }
    }

    void end() {
        before.forEach(Logger::setFilter);
        before.clear();
    }
}
