package io.roomcast.archive;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Deletes messages that are older than the archive keeps them, some at a time. After each commit it rests four times as
 * long as that took. So publishes have the database for most of the time, and wait for one such commit at most.
 *
 * <p><b>Concurrency.</b> One thread does all. It ends with {@link #close}, after the commit that it is at.
 */
public final class Retention implements AutoCloseable {
    private static final long PAUSE_SECONDS = 60;
    private static final int EPOCHS_AT_A_TIME = 500;
    private static final int MESSAGES_AT_A_TIME = 500;
    private static final long RESTS = 4;
    private static final long CLOSE_SECONDS = 5;

    private final Archive archive;
    private final Function<RoomName, Duration> keeps;
    private final Clocks clocks;
    private final NodeMetrics metrics;
    private final Warnings warnings;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Thread thread;

    /** @param keeps how long a room's messages are kept; zero for ever, or if another node deletes them */
    public Retention(
            Archive archive,
            Function<RoomName, Duration> keeps,
            Clocks clocks,
            NodeMetrics metrics,
            Warnings warnings) {
        this.archive = archive;
        this.keeps = keeps;
        this.clocks = clocks;
        this.metrics = metrics;
        this.warnings = warnings;
    }

    /** Begins to delete. Called once at most. */
    public void start(ThreadFactory threads) {
        thread = threads.newThread(this::run);
        thread.start();
    }

    private void run() {
        try {
            do {
                try {
                    sweep();
                } catch (ArchiveException e) {
                    // The commits of messages and the probes find out, and say so. The next time it goes on.
                    warnings.warn("archive retention", () -> "Old messages could not be deleted: " + e.getMessage());
                }
            } while (!closed.await(PAUSE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Deletes all that is old now. */
    public void sweep() throws InterruptedException {
        long after = 0;
        List<Archive.Epoch> epochs = archive.epochs(after, EPOCHS_AT_A_TIME);
        while (!epochs.isEmpty()) {
            for (Archive.Epoch epoch : epochs) {
                if (!deleteOld(epoch)) {
                    return;
                }
                after = epoch.id();
            }
            epochs = archive.epochs(after, EPOCHS_AT_A_TIME);
        }
    }

    /** @return false if this object was closed meanwhile */
    private boolean deleteOld(Archive.Epoch epoch) throws InterruptedException {
        Duration age = keeps.apply(epoch.room());
        if (age.isZero()) {
            return closed.getCount() > 0;
        }
        long time = clocks.wall().millis() - age.toMillis();
        int deleted;
        do {
            long began = clocks.nanos().getAsLong();
            deleted = archive.deleteOldest(epoch.id(), time, MESSAGES_AT_A_TIME);
            metrics.add(Counter.ARCHIVE_DELETED, deleted);
            if (closed.await(deleted == 0 ? 0 : RESTS * (clocks.nanos().getAsLong() - began), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } while (deleted == MESSAGES_AT_A_TIME);
        return true;
    }

    /** Ends the thread, and waits for it for some seconds at most. */
    @Override
    public void close() {
        closed.countDown();
        if (thread != null) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
