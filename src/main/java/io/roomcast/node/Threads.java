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
 * The threads of a node: its own, or lent by the application server.
 *
 * @param lanes runs short tasks that never block; never refuses one while the application is up
 * @param timer runs short tasks later
 * @param loops makes threads that live as long as the application
 */
public record Threads(Executor lanes, ScheduledExecutorService timer, ThreadFactory loops) {
    private static final long LAST_TASKS_SECONDS = 2;

    /**
     * A pool for the lanes, one thread for the timer, and loops, all of threads that {@code source} makes.
     *
     * @param lanes threads of the pool; 0 for one per core
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

    /** Completes as the stage does, or fails with {@link TimeoutException} when that takes longer. Holds no thread. */
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
     * Takes no more tasks, and returns when the lanes' tasks are done or two seconds have passed. Loops are ended by
     * their owners.
     */
    public void end() {
        timer.shutdownNow();
        if (lanes instanceof ExecutorService pool) {
            pool.shutdown();
            try {
                pool.awaitTermination(LAST_TASKS_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
