package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.support.ManualTimer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplayPacerTest {
    private static final int PAGE = (int) Recovery.PAGE_BYTES;
    /** 16 pages at once, and one for what is begun. */
    private static final long RATE = 256 * PAGE;

    private static final int AT_ONCE = 17;

    private final ManualTimer timer = new ManualTimer();
    private final NodeMetrics metrics = new NodeMetrics();
    private final ReplayPacer pace = new ReplayPacer(RATE, timer, timer::nanos, metrics);
    /** Who was let on, in order. */
    private final List<Integer> granted = new ArrayList<>();

    @Test
    void aFewNeverWait() {
        ReplayPacer.Permit permit = pace.newPermit();
        for (int page = 0; page < AT_ONCE - 1; page++) {
            assertTrue(acquire(permit, page));
            permit.release(PAGE);
        }
        assertEquals(0, timer.pending(), "nobody waits, and nothing ticks");
        assertEquals(0, recorded());
        timer.advance(1_000);
        assertEquals(AT_ONCE, begun(crowd(AT_ONCE)), "a second later they may again");
    }

    @Test
    void aCrowdTakesTurnsInOrderAtTheRate() {
        List<ReplayPacer.Permit> crowd = crowd(500);
        int begun = begun(crowd);
        assertEquals(AT_ONCE, begun);
        int most = 0;
        long started = timer.millis();
        while (granted.size() < crowd.size() - begun) {
            int before = granted.size();
            timer.advance(5);
            most = Math.max(most, granted.size() - before);
        }
        assertEquals(IntStream.range(begun, crowd.size()).boxed().toList(), granted);
        assertTrue(most <= 3, most + " at once");
        double seconds = (timer.millis() - started) / 1_000.0;
        assertEquals(500.0 * PAGE / RATE, seconds, 0.1);
        assertEquals(crowd.size() - begun, recorded(), "who waited is counted");
        timer.advance(5);
        assertEquals(0, timer.pending(), "nobody waits any more");
    }

    @Test
    void whoeverComesWhileOthersWaitWaitsBehindThem() {
        List<ReplayPacer.Permit> crowd = crowd(AT_ONCE + 1);
        begun(crowd);
        crowd.subList(0, AT_ONCE).forEach(permit -> permit.release(0));
        assertFalse(acquire(crowd.get(0), 0), "although there would be time");
        timer.advance(5);
        assertEquals(List.of(AT_ONCE, 0), granted);
        assertTrue(acquire(crowd.get(0), 0), "it is granted until it is released");
    }

    @Test
    void whatATurnDidNotNeedIsGivenBack() {
        for (int i = 0; i < 16 * 64; i++) {
            ReplayPacer.Permit permit = pace.newPermit();
            assertTrue(acquire(permit, i), "page " + i);
            permit.release(PAGE / 64);
        }
        begun(crowd(2));
        assertEquals(1, timer.pending(), "so many small pages are as much as a few large ones");
    }

    @Test
    void aPageThatIsLargerTakesLonger() {
        ReplayPacer.Permit large = pace.newPermit();
        assertTrue(acquire(large, 0));
        large.release(256 * PAGE);
        assertFalse(acquire(large, 1));
        timer.advance(900);
        assertEquals(List.of(), granted);
        timer.advance(100);
        assertEquals(List.of(1), granted);
    }

    @Test
    void whoeverLeavesHoldsNoPlace() {
        List<ReplayPacer.Permit> crowd = crowd(500);
        begun(crowd);
        crowd.subList(AT_ONCE, 499).forEach(permit -> permit.release(0));
        crowd.get(0).release(0);
        timer.advance(5);
        assertEquals(List.of(499), granted);
        assertEquals(0, timer.pending());
    }

    @Test
    void everybodyMayGoWhereThereIsNoRate() {
        List<ReplayPacer.Permit> crowd = crowd(500);
        int begun = begun(crowd);
        pace.setRate(0);
        timer.advance(5);
        assertEquals(crowd.size() - begun, granted.size(), "those who waited, too");
        assertEquals(500, begun(crowd(500)));
    }

    @Test
    void anotherRateHoldsAtOnce() {
        pace.setRate(PAGE);
        begun(crowd(10));
        timer.advance(4_000);
        assertEquals(4, granted.size());
        pace.setRate(RATE);
        timer.advance(100);
        assertEquals(9, granted.size());
    }

    /** @return how many of them need not wait */
    private int begun(List<ReplayPacer.Permit> crowd) {
        int begun = 0;
        for (int i = 0; i < crowd.size(); i++) {
            begun += acquire(crowd.get(i), i) ? 1 : 0;
        }
        return begun;
    }

    private boolean acquire(ReplayPacer.Permit permit, int member) {
        return permit.acquire(() -> granted.add(member));
    }

    private List<ReplayPacer.Permit> crowd(int members) {
        return IntStream.range(0, members).mapToObj(i -> pace.newPermit()).toList();
    }

    private long recorded() {
        return Arrays.stream(metrics.histogram(Latency.REPLAY_WAIT).counts()).sum();
    }
}
