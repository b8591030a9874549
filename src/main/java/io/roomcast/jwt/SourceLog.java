package io.roomcast.jwt;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/** Logs when a source of keys goes down and when it is back; failures in between are counted. Any thread. */
final class SourceLog {
    private static final Logger LOG = System.getLogger(SourceLog.class.getName());

    private final String source;
    private int failures;

    SourceLog(String source) {
        this.source = source;
    }

    /** @param failure of one fetch; null where it succeeded */
    synchronized void note(Throwable failure) {
        if (failure != null) {
            failures++;
            if (failures == 1) {
                LOG.log(
                        Level.WARNING,
                        () -> "The keys for tokens cannot be fetched from " + source + ": " + cause(failure)
                                + ". Those that are known serve on; this is told again when it has passed");
            }
        } else if (failures > 0) {
            LOG.log(
                    Level.INFO,
                    "The keys for tokens are fetched from {0} again, after {1,number,0} attempts that failed",
                    source,
                    failures);
            failures = 0;
        }
    }

    private static String cause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause instanceof RuntimeException) {
            cause = cause.getCause();
        }
        String text = cause instanceof CancellationException || cause instanceof CompletionException
                ? "no whole answer in time"
                : cause.toString();
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
