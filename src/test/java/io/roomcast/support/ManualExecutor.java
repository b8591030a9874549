package io.roomcast.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;

/** Runs nothing until the test says so, on the test's own thread. */
public final class ManualExecutor implements Executor {
    private final List<Runnable> tasks = new ArrayList<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    public boolean isIdle() {
        return tasks.isEmpty();
    }

    public int size() {
        return tasks.size();
    }

    /** Runs the oldest task. */
    public void runNext() {
        tasks.remove(0).run();
    }

    /** Runs any task: threads of a pool start theirs in any order. */
    public void runAny(Random random) {
        if (!tasks.isEmpty()) {
            tasks.remove(random.nextInt(tasks.size())).run();
        }
    }

    /** Runs tasks, and those that they add, until there is none. */
    public void runAll() {
        while (!tasks.isEmpty()) {
            runNext();
        }
    }
}
