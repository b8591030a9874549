package io.roomcast.archive;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Warnings;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Puts the messages of an archive into the index of its search, some at a time, after they were committed. After each
 * commit it rests four times as long as that took. So publishes have the database for most of the time.
 *
 * <p><b>Concurrency.</b> One thread does all. It ends with {@link #close}, after the commit that it is at.
 */
public final class ArchiveIndexing implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ArchiveIndexing.class.getName());

    private static final int MESSAGES_AT_A_TIME = 500;
    private static final long RESTS = 4;
    /** How long messages gather, and how soon they are found. */
    private static final long PAUSE_MILLIS = 250;

    private static final long CLOSE_SECONDS = 5;
    /** Work that takes long is told of: when it begins, each minute, and when it ends. */
    private static final long LONG_WORK = 20_000;

    private final Archive archive;
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;
    private final Warnings warnings;
    private final Consumer<ArchiveException> whenFailed;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** What is below belongs to the thread. */
    private boolean isLong;

    private long toldAt;

    /**
     * Begins to index.
     *
     * @param whenFailed called on the thread of this object when the archive could not do it; it is tried again
     */
    public ArchiveIndexing(
            Archive archive,
            NodeMetrics metrics,
            ThreadFactory threads,
            LongSupplier nanoClock,
            Warnings warnings,
            Consumer<ArchiveException> whenFailed) {
        this.archive = archive;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.warnings = warnings;
        this.whenFailed = whenFailed;
        this.thread = threads.newThread(this::run);
        thread.start();
    }

    private void run() {
        try {
            long rest = TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
            while (!closed.await(rest, TimeUnit.NANOSECONDS)) {
                rest = indexSome();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return for how long to rest, in nanoseconds */
    private long indexSome() {
        long pause = TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
        long began = nanoClock.getAsLong();
        int indexed;
        try {
            indexed = archive.index(MESSAGES_AT_A_TIME);
        } catch (ArchiveException e) {
            warnings.warn("archive index", () -> "Messages could not be indexed for the search: " + e.getMessage());
            whenFailed.accept(e);
            return 4 * pause;
        } catch (RuntimeException | Error e) {
            // Without this thread, nothing new would be found any more.
            LOG.log(Level.ERROR, "Messages could not be indexed for the search", e);
            return 40 * pause;
        }
        OptionalLong left = archive.unindexed();
        left.ifPresent(count -> {
            metrics.setArchiveUnindexed(count);
            tell(count);
        });
        long rest = RESTS * (nanoClock.getAsLong() - began);
        return indexed == MESSAGES_AT_A_TIME || left.isEmpty() ? rest : Math.max(rest, pause);
    }

    private void tell(long left) {
        boolean isBegin = !isLong && left > LONG_WORK;
        if (isBegin || isLong && nanoClock.getAsLong() - toldAt > TimeUnit.MINUTES.toNanos(1)) {
            isLong = true;
            toldAt = nanoClock.getAsLong();
            LOG.log(Level.INFO, "The archive indexes messages for the search; " + left + " are left");
        } else if (isLong && left == 0) {
            isLong = false;
            LOG.log(Level.INFO, "The archive has indexed all messages for the search");
        }
    }

    /** Ends the thread, and waits for it for some seconds at most. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
