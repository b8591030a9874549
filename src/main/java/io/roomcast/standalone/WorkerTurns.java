package io.roomcast.standalone;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Lets client addresses take turns at the worker threads. A client with many requests so delays those of other addresses
 * by one task of its own, and uses all threads while nobody else needs them.
 *
 * <p><b>Concurrency.</b> Any thread. The monitor guards the waiting tasks. For each of them, the workers have one task
 * that runs whichever is next.
 */
final class WorkerTurns {
    private final Executor workers;
    /** The tasks of each address that has some, by the order of turns. */
    private final Map<String, ArrayDeque<Runnable>> waiting = new LinkedHashMap<>();

    /** @param workers rejects tasks when its queue is full */
    WorkerTurns(Executor workers) {
        this.workers = workers;
    }

    /** The workers, for tasks of one address. Tasks of it begin in their order. */
    Executor of(String address) {
        return task -> execute(address, task);
    }

    /** @throws RejectedExecutionException if the workers reject the task, which is then not added */
    private synchronized void execute(String address, Runnable task) {
        ArrayDeque<Runnable> tasks = waiting.computeIfAbsent(address, unused -> new ArrayDeque<>(2));
        tasks.addLast(task);
        try {
            workers.execute(() -> next().run());
        } catch (RejectedExecutionException e) {
            tasks.removeLast();
            if (tasks.isEmpty()) {
                waiting.remove(address);
            }
            throw e;
        }
    }

    private synchronized Runnable next() {
        String address = waiting.keySet().iterator().next();
        ArrayDeque<Runnable> tasks = waiting.remove(address);
        Runnable task = tasks.removeFirst();
        if (!tasks.isEmpty()) {
            waiting.put(address, tasks);
        }
        return task;
    }
}
