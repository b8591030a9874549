package io.roomcast.standalone;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs tasks one after the other, each on the executor that it comes with.
 *
 * <p><b>Concurrency.</b> Any thread. The monitor guards the tasks; each happens-after the one before.
 */
final class InOrder {
    private record Task(Executor executor, Runnable action) {}

    /** The first one is running, or about to. */
    private final ArrayDeque<Task> tasks = new ArrayDeque<>(2);

    /** @throws RejectedExecutionException when the executor takes no more, and nothing was added */
    void execute(Executor executor, Runnable action) {
        Task task = new Task(executor, action);
        synchronized (tasks) {
            tasks.add(task);
            if (tasks.size() > 1) {
                return;
            }
        }
        try {
            start(task);
        } catch (RejectedExecutionException e) {
            next();
            throw e;
        }
    }

    private void start(Task task) {
        task.executor().execute(() -> {
            try {
                task.action().run();
            } finally {
                next();
            }
        });
    }

    private void next() {
        Task next;
        synchronized (tasks) {
            tasks.remove();
            next = tasks.peek();
        }
        if (next == null) {
            return;
        }
        try {
            start(next);
        } catch (RejectedExecutionException e) {
            // It was taken, and so has to be run.
            try {
                next.action().run();
            } finally {
                next();
            }
        }
    }
}
