package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class CoreRehearsalTest {

    @Test
    void aCrowdComesTalksAndGoesAndLeavesNothing() throws Exception {
        ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
        try (CapturedLog log = CapturedLog.of("io.roomcast")) {
            CoreRehearsal rehearsal = new CoreRehearsal(task -> {
                Thread thread = new Thread(task);
                threads.add(thread);
                return thread;
            });
            for (int i = 0; i < 3; i++) {
                assertEquals(50, rehearsal.playRound());
            }
            rehearsal.close();
            assertTrue(threads.size() > 1, "the crowd was served");
            Await.until("its threads end", () -> threads.stream().noneMatch(Thread::isAlive));
            assertEquals(List.of(), log.messages(Level.INFO));
        }
    }
}
