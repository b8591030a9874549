package io.roomcast.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a node. The node makes them, or the application server provides them. Any thread.
 *
 * @param lanes runs short tasks that never block; accepts every task while the application runs
 * @param timer runs short tasks after a delay
 * @param loops makes threads that run as long as the application
 */
public record Threads(Executor lanes, ScheduledExecutorService timer, ThreadFactory loops) {
    private static final long SHUTDOWN_SECONDS = 2;

    /**
     * A pool for the lanes, one thread for the timer, and a factory for loops. {@code source} makes all threads.
     *
     * @param lanes size of the pool; 0 for one thread per core
     */
    public static Threads of(ThreadFactory source, int lanes) {
        int pool = lanes == 0 ? Runtime.getRuntime().availableProcessors() : lanes;
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named(source, "roomcast-timer"));
        timer.setRemoveOnCancelPolicy(true);
        return new Threads(
                Executors.newFixedThreadPool(pool, named(source, "roomcast-lane")),
                timer,
                named(source, "roomcast-loop"));
    }

    private static ThreadFactory named(ThreadFactory source, String purpose) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = source.newThread(task);
            thread.setName(purpose + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Adds a time limit to a stage. No thread waits meanwhile.
     *
     * @return completes as the stage does; fails with {@link TimeoutException} if the stage takes longer
     */
    public <T> CompletableFuture<T> within(long seconds, CompletionStage<T> stage) {
        CompletableFuture<T> result = new CompletableFuture<>();
        ScheduledFuture<?> limit = timer.schedule(
                () -> lanes.execute(() -> result.completeExceptionally(new TimeoutException())),
                seconds,
                TimeUnit.SECONDS);
        stage.whenComplete((done, failure) -> {
            limit.cancel(false);
            if (failure == null) {
                result.complete(done);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    /**
     * Stops the timer and accepts no more tasks. Returns when the tasks of the lanes are done, after two seconds at
     * most. The owners of loops end them.
     */
    public void end() {
        timer.shutdownNow();
        if (lanes instanceof ExecutorService pool) {
            pool.shutdown();
            try {
                pool.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
