package io.roomcast.standalone;

import io.roomcast.http.LogRateLimiter;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.UnaryOperator;
import java.util.logging.Filter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogManager;

/**
 * Configures java.util.logging. The user may have a configuration of his own, named by the system property of the JDK.
 * Its handlers and formats stay, but no text of a client can forge a record there either.
 */
final class LogSetup {
    private static final String MANAGER_PROPERTY = "java.util.logging.manager";
    private static final String CONFIG_PROPERTY = "java.util.logging.config.file";

    private LogSetup() {}

    /** Configures the log before anything is logged. */
    static void begin() {
        if (System.getProperty(MANAGER_PROPERTY) == null) {
            // By name, because the JVM makes its log manager when the class LogManager or a subclass is first used. If
            // something was logged before, the JVM keeps the log manager that it has.
            System.setProperty(MANAGER_PROPERTY, "io.roomcast.standalone.LastingLogs");
        }
        if (System.getProperty(CONFIG_PROPERTY) != null) {
            setFormatters(formatter -> isOurs(formatter) ? formatter : new HarmlessFormatter(formatter));
            return;
        }
        try (InputStream properties = LogSetup.class.getResourceAsStream("logging.properties")) {
            LogManager.getLogManager().readConfiguration(properties);
        } catch (IOException e) {
            throw new StartException("logging cannot be configured: " + e.getMessage());
        }
        // Set by code, because java.util.logging cannot load classes from the packed WAR.
        setFormatters(unused -> new LogFormatter());
    }

    /** Makes each record one JSON object on one line. */
    static void useJson() {
        setFormatters(unused -> new JsonLogFormatter());
    }

    private static boolean isOurs(Formatter formatter) {
        return formatter instanceof LogFormatter
                || formatter instanceof JsonLogFormatter
                || formatter instanceof HarmlessFormatter;
    }

    private static void setFormatters(UnaryOperator<Formatter> change) {
        LastingLogs.forEachLogger(logger -> {
            for (Handler handler : logger.getHandlers()) {
                handler.setFormatter(change.apply(handler.getFormatter()));
                handler.setFilter(limited(handler.getFilter()));
            }
        });
    }

    private static Filter limited(Filter filter) {
        LogRateLimiter limiter = new LogRateLimiter();
        return filter instanceof LogRateLimiter
                ? filter
                : filter == null ? limiter : record -> filter.isLoggable(record) && limiter.isLoggable(record);
    }
}
