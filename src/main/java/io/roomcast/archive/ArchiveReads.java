package io.roomcast.archive;

import io.roomcast.node.Warnings;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.RelayUnavailableException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Reads from the archive for threads that must not block. Any thread may call; no method blocks. */
public final class ArchiveReads implements AutoCloseable {
    /** Threads that read. More would not make a disk faster, and would take the processor from those who deliver. */
    private static final int READERS = 2;

    private static final long BUSY_RETRY_MILLIS = 1_000;

    /** What is read. Each kind has threads of its own. */
    private enum Kind {
        HISTORY(10_000, "archive read", "A read from the archive failed", "reads of older messages", "read"),
        SEARCH(100, "archive search", "A search of the archive failed", "searches", "searched");

        /** Most that wait. */
        private final int queued;

        private final String warning;
        private final String failed;
        private final String several;
        private final String participle;

        Kind(int queued, String warning, String failed, String several, String participle) {
            this.queued = queued;
            this.warning = warning;
            this.failed = failed;
            this.several = several;
            this.participle = participle;
        }
    }

    private final Kind kind;
    private final Warnings warnings;
    private final Consumer<ArchiveException> whenFailed;
    private final ThreadPoolExecutor readers;

    private ArchiveReads(Kind kind, ThreadFactory threads, Warnings warnings, Consumer<ArchiveException> whenFailed) {
        this.kind = kind;
        this.warnings = warnings;
        this.whenFailed = whenFailed;
        this.readers = new ThreadPoolExecutor(
                READERS, READERS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(kind.queued), threads);
    }

    /** @param whenFailed called on a thread of this object when the archive cannot be read */
    public static ArchiveReads ofHistory(
            ThreadFactory threads, Warnings warnings, Consumer<ArchiveException> whenFailed) {
        return new ArchiveReads(Kind.HISTORY, threads, warnings, whenFailed);
    }

    /** As {@link #ofHistory}. The history, which is needed more, does not wait for these. */
    static ArchiveReads ofSearches(ThreadFactory threads, Warnings warnings, Consumer<ArchiveException> whenFailed) {
        return new ArchiveReads(Kind.SEARCH, threads, warnings, whenFailed);
    }

    /**
     * Runs the read on a thread of this object.
     *
     * @return fails with {@link RelayUnavailableException} if the archive cannot be read, and with {@code busy} if too
     *     many reads wait
     */
    public <T> CompletionStage<T> read(Supplier<T> read) {
        CompletableFuture<T> result = new CompletableFuture<>();
        read(() -> result.complete(read.get()), result::completeExceptionally);
        return result;
    }

    /** @param onFailure called with what {@link #read(Supplier)} would fail with */
    public void read(Runnable read, Consumer<RuntimeException> onFailure) {
        try {
            readers.execute(() -> {
                try {
                    read.run();
                } catch (RuntimeException | Error e) {
                    // Also of an error: those who wait would wait for ever.
                    warnings.warn(kind.warning, () -> kind.failed + ": " + e.getMessage());
                    onFailure.accept(told(e));
                }
            });
        } catch (RejectedExecutionException e) {
            onFailure.accept(
                    readers.isShutdown()
                            ? new RelayUnavailableException("the node stops")
                            : new ProtocolException(
                                    ErrorCode.BUSY,
                                    "too many " + kind.several + " wait; try again",
                                    BUSY_RETRY_MILLIS));
        }
    }

    private RuntimeException told(Throwable failure) {
        if (failure instanceof ArchiveException archive) {
            whenFailed.accept(archive);
        } else if (failure instanceof RuntimeException other) {
            return other;
        }
        return new RelayUnavailableException("the archive cannot be " + kind.participle + " now");
    }

    /** Ends the threads. Reads that wait are made before. */
    @Override
    public void close() {
        readers.shutdown();
    }
}
