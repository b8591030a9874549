package io.roomcast.standalone;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs tasks one after the other. Each task has the executor that runs it.
 *
 * <p><b>Concurrency.</b> Any thread may add tasks. The monitor of {@code tasks} guards the tasks. The actions
 * of one task happen-before the actions of the next task.
 */
final class TaskSequence {
    private record Task(Executor executor, Runnable action) {}

    /** The first task is running, or will start at once. */
    private final ArrayDeque<Task> tasks = new ArrayDeque<>(2);

    /** @throws RejectedExecutionException if the executor rejects the task, which is then not added */
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
            // The task was accepted earlier. It must run, so this thread runs it.
            try {
                next.action().run();
            } finally {
                next();
            }
        }
    }
}
