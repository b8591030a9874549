package io.roomcast.service.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.service.operations.DrainSchedule.PlannedClose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrainScheduleTest {
    /** A clock's value near its end, as nanoTime may have: it runs over within the window. */
    private static final long NOW = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3);

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final DrainSchedule<Integer> departures = new DrainSchedule<>();
    private final List<Integer> thousand = IntStream.range(0, 1_000).boxed().toList();

    @Test
    void noPartOfTheWindowGetsMoreThanItsShare() {
        departures.plan(thousand, Duration.ofSeconds(10), NOW);
        for (int second = 1; second <= 10; second++) {
            assertEquals(100, due(NOW + TimeUnit.SECONDS.toNanos(second)).size(), 1, "in second " + second);
        }
    }

    @Test
    void everybodyLeavesOnceAndNotBeforeTheirCloseTime() {
        List<PlannedClose<Integer>> told = departures.plan(thousand, Duration.ofSeconds(10), NOW);
        List<Integer> left = new ArrayList<>();
        for (int tenth = 0; tenth <= 100; tenth++) {
            long at = NOW + TimeUnit.MILLISECONDS.toNanos(tenth * 100L);
            for (Integer who : due(at)) {
                assertTrue(told.stream().anyMatch(close -> close.session().equals(who) && close.closeTime() - at <= 0));
                left.add(who);
            }
        }
        assertEquals(thousand, left.stream().sorted().toList());
        assertEquals(1_000, departures.planned());
    }

    @Test
    void theOrderIsNotThatOfArrival() {
        departures.plan(thousand, Duration.ofSeconds(10), NOW);
        assertNotEquals(thousand, due(NOW + TimeUnit.SECONDS.toNanos(10)));
    }

    @Test
    void newcomersLeaveInTheirOwnWindow() {
        departures.plan(List.of(1), Duration.ofSeconds(60), NOW);
        due(NOW + TimeUnit.SECONDS.toNanos(60));
        departures.plan(List.of(2), Duration.ofSeconds(5), NOW + TimeUnit.SECONDS.toNanos(70));
        assertEquals(List.of(), due(NOW + TimeUnit.SECONDS.toNanos(70)));
        assertEquals(List.of(2), due(NOW + TimeUnit.SECONDS.toNanos(75)));
    }

    @Test
    void noWindowMeansNow() {
        departures.plan(thousand, Duration.ZERO, NOW);
        assertEquals(1_000, due(NOW).size());
    }

    @Test
    void oneThatIsBusyLeavesWhenItIsNotOrWhenPatienceEnds() {
        departures.plan(List.of(1, 2, 3), Duration.ZERO, NOW);
        assertEquals(List.of(2), departures.due(NOW, who -> who != 2, PATIENCE));
        assertEquals(List.of(3), departures.due(NOW + PATIENCE - 1, who -> who != 3, PATIENCE));
        assertEquals(List.of(1), departures.due(NOW + PATIENCE, who -> true, PATIENCE));
    }

    private List<Integer> due(long now) {
        return departures.due(now, who -> false, PATIENCE);
    }
}
