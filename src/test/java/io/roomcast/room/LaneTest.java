package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneTest {
    private final HandExecutor executor = new HandExecutor();
    private final List<List<Integer>> batches = new ArrayList<>();
    private final Lane<Integer> lane =
            new Lane<>(executor, batch -> batches.add(List.copyOf(batch)), new LagBudget(0, 0));

    @Test
    void whatGathersComesAsOneBatchInOrder() {
        lane.post(1);
        lane.post(2);
        lane.post(3);
        assertEquals(1, executor.size(), "one task, however much is posted");
        executor.runAll();
        assertEquals(List.of(List.of(1, 2, 3)), batches);
    }

    @Test
    void anIdleLaneOccupiesNoThread() {
        lane.post(1);
        executor.runAll();
        assertTrue(executor.isIdle());
        lane.post(2);
        executor.runAll();
        assertEquals(List.of(List.of(1), List.of(2)), batches);
    }

    @Test
    void whatIsPostedFromWithinComesNextTime() {
        List<Integer> seen = new ArrayList<>();
        List<Lane<Integer>> self = new ArrayList<>();
        self.add(new Lane<>(
                executor,
                batch -> batch.forEach(event -> {
                    seen.add(event);
                    if (event < 5) {
                        self.get(0).post(event + 1);
                    }
                }),
                new LagBudget(0, 0)));
        self.get(0).post(1);
        executor.runNext();
        assertEquals(List.of(1), seen);
        executor.runAll();
        assertEquals(List.of(1, 2, 3, 4, 5), seen);
    }

    @Test
    void aBusyLaneHandsItsThreadBack() {
        IntStream.range(0, 3_000).forEach(lane::post);
        executor.runNext();
        assertTrue(batches.get(0).size() < 3_000, "others want to run as well");
        assertFalse(executor.isIdle(), "the rest follows");
        lane.post(3_000);
        executor.runAll();
        assertEquals(
                IntStream.rangeClosed(0, 3_000).boxed().toList(),
                batches.stream().flatMap(List::stream).toList());
    }

    @Test
    void aConsumerThatThrowsDoesNotStopTheLane() {
        Lane<Integer> failing = new Lane<>(
                executor,
                batch -> {
                    batches.add(List.copyOf(batch));
                    throw new IllegalStateException();
                },
                new LagBudget(0, 0));
        failing.post(1);
        assertThrows(IllegalStateException.class, executor::runNext);
        failing.post(2);
        assertThrows(IllegalStateException.class, executor::runNext);
        assertEquals(List.of(List.of(1), List.of(2)), batches);
    }

    @Test
    void onManyThreadsOneRunsAtATimeAndNothingIsLost() throws InterruptedException {
        int producers = 4;
        int each = 20_000;
        ExecutorService pool = Executors.newFixedThreadPool(producers);
        try {
            CountDownLatch all = new CountDownLatch(producers * each);
            AtomicBoolean running = new AtomicBoolean();
            AtomicBoolean overlapped = new AtomicBoolean();
            // Plain fields: the lane promises that each run happens after the one before.
            int[] last = IntStream.range(0, producers).map(p -> -1).toArray();
            AtomicBoolean disordered = new AtomicBoolean();
            Lane<int[]> shared = new Lane<>(
                    pool,
                    batch -> {
                        overlapped.compareAndSet(false, !running.compareAndSet(false, true));
                        for (int[] event : batch) {
                            disordered.compareAndSet(false, event[1] != last[event[0]] + 1);
                            last[event[0]] = event[1];
                            all.countDown();
                        }
                        running.set(false);
                    },
                    new LagBudget(0, 0));
            for (int producer = 0; producer < producers; producer++) {
                int number = producer;
                pool.execute(() -> IntStream.range(0, each).forEach(i -> shared.post(new int[] {number, i})));
            }
            assertTrue(all.await(30, TimeUnit.SECONDS), () -> all.getCount() + " events never came");
            assertFalse(overlapped.get(), "two runs at a time");
            assertFalse(disordered.get());
        } finally {
            pool.shutdownNow();
        }
    }
}
