package io.roomcast.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class WorkerTurnsTest {
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private final WorkerTurns turns = new WorkerTurns(task -> {
        if (queue.size() == 6) {
            throw new RejectedExecutionException();
        }
        queue.add(task);
    });

    @Test
    void anAddressWithManyTasksLetsOthersIn() {
        for (String task : List.of("a1", "a2", "a3", "a4", "b1", "b2")) {
            add(task);
        }
        runAll();
        assertEquals(List.of("a1", "b1", "a2", "b2", "a3", "a4"), ran);
    }

    @Test
    void whatTheWorkersRejectDoesNotRun() {
        for (int i = 1; i <= 6; i++) {
            add("a" + i);
        }
        assertThrows(RejectedExecutionException.class, () -> add("a7"));
        assertThrows(RejectedExecutionException.class, () -> add("b1"));
        runAll();
        assertEquals(List.of("a1", "a2", "a3", "a4", "a5", "a6"), ran);
        add("b2");
        runAll();
        assertEquals("b2", ran.get(6));
    }

    private void add(String task) {
        turns.of(task.substring(0, 1)).execute(() -> ran.add(task));
    }

    private void runAll() {
        while (!queue.isEmpty()) {
            queue.remove().run();
        }
    }
}
