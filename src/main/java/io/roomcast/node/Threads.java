package io.roomcast.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a node. The node makes them, or the application server provides them. Any thread.
 *
 * @param pool runs the lanes of rooms and other short tasks that never block; accepts every task while the application
 *     runs
 * @param timer runs short tasks after a delay
 * @param loopThreads makes threads for loops that run as long as the application
 */
public record Threads(Executor pool, ScheduledExecutorService timer, ThreadFactory loopThreads) {
    private static final long SHUTDOWN_SECONDS = 2;

    /**
     * Makes the pool and one thread for the timer. {@code source} makes all threads.
     *
     * @param poolSize size of the pool; 0 for one thread per core
     */
    public static Threads of(ThreadFactory source, int poolSize) {
        int size = poolSize == 0 ? Runtime.getRuntime().availableProcessors() : poolSize;
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named(source, "roomcast-timer"));
        timer.setRemoveOnCancelPolicy(true);
        return new Threads(
                Executors.newFixedThreadPool(size, named(source, "roomcast-lane")),
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
     * Adds a time limit to a stage. No thread waits meanwhile. If the limit is exceeded, a thread of the pool completes
     * the result.
     *
     * @return completes as the stage does; fails with {@link TimeoutException} if the stage takes longer, or if the
     *     node has stopped
     */
    public <T> CompletableFuture<T> within(long seconds, CompletionStage<T> stage) {
        return within(seconds, stage, pool);
    }

    /**
     * As {@link #within(long, CompletionStage)}.
     *
     * @param executor completes the result if the limit is exceeded; {@code Runnable::run} for the timer's own thread
     */
    public <T> CompletableFuture<T> within(long seconds, CompletionStage<T> stage, Executor executor) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable timeOut = () -> result.completeExceptionally(new TimeoutException());
        stage.whenComplete((done, failure) -> {
            if (failure == null) {
                result.complete(done);
            } else {
                result.completeExceptionally(failure);
            }
        });
        if (!result.isDone()) {
            try {
                Future<?> timeout = timer.schedule(() -> execute(executor, timeOut), seconds, TimeUnit.SECONDS);
                var unused = result.whenComplete((done, failure) -> timeout.cancel(false));
            } catch (RejectedExecutionException e) {
                timeOut.run();
            }
        }
        return result;
    }

    private static void execute(Executor executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    /**
     * Stops the timer, and accepts no more tasks. Returns when the tasks of the pool are done, or after two seconds, when
     * those that have not begun are dropped and the others are interrupted. Does not end loops; their owners end them.
     */
    public void end() {
        timer.shutdownNow();
        if (pool instanceof ExecutorService ownPool) {
            ownPool.shutdown();
            try {
                if (!ownPool.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                    ownPool.shutdownNow();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
