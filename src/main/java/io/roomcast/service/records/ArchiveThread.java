package io.roomcast.service.records;

import io.roomcast.node.Threads;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.RelayUnavailableException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The one thread that works on records, step by step, so that members have the database and the processor for most of
 * the time. It is there only while there is work. Any thread may call; each job waits for its step before it asks for
 * the next.
 */
@ApplicationScoped
public class ArchiveThread {
    private static final long IDLE_SECONDS = 10;

    private ThreadPoolExecutor thread;

    /** For the container's proxy. */
    protected ArchiveThread() {}

    @Inject
    public ArchiveThread(Threads threads) {
        this.thread = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads.loopThreads());
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs a step of a job.
     *
     * @return completes on the thread; fails with {@link RelayUnavailableException} if the archive cannot be used now, or
     *     the node stops
     */
    <T> CompletableFuture<T> run(Supplier<T> step) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                T value;
                try {
                    value = step.get();
                } catch (ArchiveException e) {
                    result.completeExceptionally(
                            new RelayUnavailableException("the archive cannot be used now: " + e.getMessage()));
                    return;
                } catch (RuntimeException | Error e) {
                    // Also of an error: the job would wait for ever.
                    result.completeExceptionally(e);
                    return;
                }
                result.complete(value);
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new RelayUnavailableException("the node stops"));
        }
        return result;
    }

    /** Ends the thread after its present step. */
    @PreDestroy
    void close() {
        if (thread != null) {
            thread.shutdown();
        }
    }
}
