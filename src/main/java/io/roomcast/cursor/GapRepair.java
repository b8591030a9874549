package io.roomcast.cursor;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Reads the log for the cursors. A failed read is repeated while the room is subscribed. If the first read of a
 * subscription fails, the subscription fails. Any thread may call. No method blocks.
 */
public final class GapRepair implements RoomCursor.LogReader {
    private static final Logger LOG = System.getLogger(GapRepair.class.getName());
    private static final long RETRY_MILLIS = 500;

    /** Most messages of one page. */
    public static final int PAGE_MESSAGES = 500;

    /** Fails a subscription whose first read has failed. */
    @FunctionalInterface
    public interface SubscribeFailure {
        void fail(RoomCursor cursor, String why);
    }

    private final RoomLog log;
    private final ScheduledExecutorService timer;
    private final SubscribeFailure onSubscribeFailure;

    public GapRepair(RoomLog log, ScheduledExecutorService timer, SubscribeFailure onSubscribeFailure) {
        this.log = log;
        this.timer = timer;
        this.onSubscribeFailure = onSubscribeFailure;
    }

    @Override
    public void read(RoomCursor cursor, int readNumber) {
        retryIfFailed(
                cursor,
                readNumber,
                log.read(cursor.room(), cursor.position()).thenAccept(page -> cursor.pageRead(readNumber, page)));
    }

    @Override
    public void renumber(RoomCursor cursor, int readNumber) {
        retryIfFailed(
                cursor,
                readNumber,
                log.renumber(cursor.room(), cursor.position()).thenRun(() -> cursor.retry(readNumber)));
    }

    private void retryIfFailed(RoomCursor cursor, int readNumber, CompletionStage<Void> done) {
        done.whenComplete((none, failure) -> {
            if (failure == null) {
                return;
            }
            LOG.log(Level.DEBUG, "could not read the log of " + cursor.room(), failure);
            if (cursor.position() == null) {
                onSubscribeFailure.fail(cursor, "the log of the room cannot be read");
            } else {
                retryLater(cursor, readNumber);
            }
        });
    }

    private void retryLater(RoomCursor cursor, int readNumber) {
        long pause = RETRY_MILLIS / 2 + ThreadLocalRandom.current().nextLong(RETRY_MILLIS);
        try {
            var unused = timer.schedule(() -> cursor.retry(readNumber), pause, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the node is stopping");
        }
    }
}
