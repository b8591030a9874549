package io.roomcast.jwt;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/**
 * Logs the first fetch of keys that fails, and the first fetch that succeeds after that. Counts the failures in
 * between. Any thread may call.
 */
final class SourceLog {
    private static final Logger LOG = System.getLogger(SourceLog.class.getName());

    private final String source;
    private int failures;

    SourceLog(String source) {
        this.source = source;
    }

    /** @param failure why a fetch failed; null if it succeeded */
    synchronized void fetchEnded(Throwable failure) {
        if (failure != null) {
            failures++;
            if (failures == 1) {
                LOG.log(
                        Level.WARNING,
                        () -> "Cannot fetch the keys for tokens from " + source + ": " + cause(failure)
                                + ". Known keys stay in use; the next log entry follows when a fetch succeeds");
            }
        } else if (failures > 0) {
            LOG.log(
                    Level.INFO,
                    "Fetched the keys for tokens from {0} again, after {1,number,0} failed attempts",
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
                ? "no complete answer in time"
                : cause.toString();
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
