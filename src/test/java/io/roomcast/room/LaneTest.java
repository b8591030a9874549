package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.ManualExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneTest {
    private static final int GOES_WITH_THE_NEXT = 1_000;

    private final ManualExecutor executor = new ManualExecutor();
    private final List<List<Integer>> batches = new ArrayList<>();
    private final List<Integer> batch = new ArrayList<>();
    private final LagBudget budget = new LagBudget(0, 0);
    private long now;
    private long eachTakes;
    private final Lane<Integer> lane = lane(executor, this::note);

    private Lane<Integer> lane(Executor threads, Predicate<Integer> consumer) {
        return new Lane<>(threads, consumer, this::endBatch, budget, () -> now);
    }

    private boolean note(int event) {
        batch.add(event);
        now += eachTakes;
        return event != GOES_WITH_THE_NEXT;
    }

    private void endBatch() {
        batches.add(List.copyOf(batch));
        batch.clear();
    }

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
        self.add(lane(executor, event -> {
            seen.add(event);
            if (event < 5) {
                self.get(0).post(event + 1);
            }
            return true;
        }));
        self.get(0).post(1);
        executor.runNext();
        assertEquals(List.of(1), seen);
        executor.runAll();
        assertEquals(List.of(1, 2, 3, 4, 5), seen);
    }

    @Test
    void aBusyLaneHandsItsThreadBack() {
        IntStream.range(-3_000, 0).forEach(lane::post);
        executor.runNext();
        assertTrue(batches.get(0).size() < 3_000, "others want to run as well");
        assertFalse(executor.isIdle(), "the rest follows");
        lane.post(0);
        executor.runAll();
        assertEquals(
                IntStream.rangeClosed(-3_000, 0).boxed().toList(),
                batches.stream().flatMap(List::stream).toList());
    }

    @Test
    void whatTakesLongIsDoneALittleAtATime() {
        eachTakes = Lane.SLICE_NANOS * 2 / 5;
        IntStream.rangeClosed(1, 7).forEach(lane::post);
        List<Integer> others = new ArrayList<>();
        lane(executor, others::add).post(100);
        executor.runNext();
        assertEquals(List.of(List.of(1, 2, 3)), batches, "a millisecond is over, and what was begun is finished");
        assertEquals(4, lane.waitingEvents());
        executor.runNext();
        assertEquals(List.of(100), others, "another room comes before the rest of this");
        lane.post(8);
        executor.runAll();
        assertEquals(
                List.of(1, 2, 3, 4, 5, 6, 7, 8),
                batches.stream().flatMap(List::stream).toList());
    }

    @Test
    void whatGoesTogetherIsNotTornApart() {
        eachTakes = Lane.SLICE_NANOS;
        List.of(1, GOES_WITH_THE_NEXT, GOES_WITH_THE_NEXT, 2, 3).forEach(lane::post);
        executor.runAll();
        assertEquals(List.of(List.of(1), List.of(GOES_WITH_THE_NEXT, GOES_WITH_THE_NEXT, 2), List.of(3)), batches);
    }

    @Test
    void tellsWhatWaitsAndSinceWhen() {
        eachTakes = Lane.SLICE_NANOS;
        for (int i = 1; i <= 3; i++) {
            now = i * 100L;
            assertTrue(lane.offer(i, 10 * i));
        }
        assertEquals(new Room.LaneLoad(3, 60, 200), lane.load());
        executor.runNext();
        assertEquals(new Room.LaneLoad(2, 50, 100 + Lane.SLICE_NANOS), lane.load(), "the second waits for longest now");
        assertEquals(50, budget.held());
        executor.runAll();
        assertEquals(new Room.LaneLoad(0, 0, 0), lane.load());
        assertEquals(0, budget.held());
    }

    @Test
    void aConsumerThatThrowsDoesNotStopTheLane() {
        Lane<Integer> failing = lane(executor, event -> {
            note(event);
            throw new IllegalStateException();
        });
        failing.post(1);
        failing.post(2);
        assertThrows(IllegalStateException.class, executor::runNext);
        assertThrows(IllegalStateException.class, executor::runNext);
        assertEquals(List.of(List.of(1), List.of(2)), batches, "what is behind is not lost");
        assertTrue(executor.isIdle());
    }

    @Test
    void onManyThreadsOneRunsAtATimeAndNothingIsLost() throws InterruptedException {
        int producers = 4;
        int each = 20_000;
        ExecutorService pool = Executors.newFixedThreadPool(producers);
        try {
            CountDownLatch all = new CountDownLatch(producers * each);
            AtomicReference<Thread> running = new AtomicReference<>();
            AtomicBoolean overlapped = new AtomicBoolean();
            // Plain fields: the lane promises that each run happens after the one before.
            int[] last = IntStream.range(0, producers).map(p -> -1).toArray();
            AtomicBoolean disordered = new AtomicBoolean();
            Lane<int[]> shared = new Lane<>(
                    pool,
                    event -> {
                        Thread before = running.getAndSet(Thread.currentThread());
                        overlapped.compareAndSet(false, before != null && before != Thread.currentThread());
                        disordered.compareAndSet(false, event[1] != last[event[0]] + 1);
                        last[event[0]] = event[1];
                        all.countDown();
                        return true;
                    },
                    () -> running.set(null),
                    budget,
                    System::nanoTime);
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
