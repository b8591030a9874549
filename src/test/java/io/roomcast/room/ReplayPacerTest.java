package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.Histogram;
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
    private final Histogram waits = new Histogram();
    private final ReplayPacer pace = new ReplayPacer(RATE, timer, timer::nanos, waits);
    /** Who was let on, in order. */
    private final List<Integer> letOn = new ArrayList<>();

    @Test
    void aFewNeverWait() {
        ReplayPacer.Turn turn = pace.turn();
        for (int page = 0; page < AT_ONCE - 1; page++) {
            assertTrue(begin(turn, page));
            turn.end(PAGE);
        }
        assertEquals(0, timer.pending(), "nobody waits, and nothing ticks");
        assertEquals(0, recorded());
        timer.advance(1_000);
        assertEquals(AT_ONCE, begun(crowd(AT_ONCE)), "a second later they may again");
    }

    @Test
    void aCrowdTakesTurnsInOrderAtTheRate() {
        List<ReplayPacer.Turn> crowd = crowd(500);
        int begun = begun(crowd);
        assertEquals(AT_ONCE, begun);
        int most = 0;
        long started = timer.millis();
        while (letOn.size() < crowd.size() - begun) {
            int before = letOn.size();
            timer.advance(5);
            most = Math.max(most, letOn.size() - before);
        }
        assertEquals(IntStream.range(begun, crowd.size()).boxed().toList(), letOn);
        assertTrue(most <= 3, most + " at once");
        double seconds = (timer.millis() - started) / 1_000.0;
        assertEquals(500.0 * PAGE / RATE, seconds, 0.1);
        assertEquals(crowd.size() - begun, recorded(), "who waited is counted");
        timer.advance(5);
        assertEquals(0, timer.pending(), "nobody waits any more");
    }

    @Test
    void whoeverComesWhileOthersWaitWaitsBehindThem() {
        List<ReplayPacer.Turn> crowd = crowd(AT_ONCE + 1);
        begun(crowd);
        crowd.subList(0, AT_ONCE).forEach(turn -> turn.end(0));
        assertFalse(begin(crowd.get(0), 0), "although there would be time");
        timer.advance(5);
        assertEquals(List.of(AT_ONCE, 0), letOn);
        assertTrue(begin(crowd.get(0), 0), "it is its turn until it ends");
    }

    @Test
    void whatATurnDidNotNeedIsGivenBack() {
        for (int i = 0; i < 16 * 64; i++) {
            ReplayPacer.Turn turn = pace.turn();
            assertTrue(begin(turn, i), "page " + i);
            turn.end(PAGE / 64);
        }
        begun(crowd(2));
        assertEquals(1, timer.pending(), "so many small pages are as much as a few large ones");
    }

    @Test
    void aPageThatIsLargerTakesLonger() {
        ReplayPacer.Turn large = pace.turn();
        assertTrue(begin(large, 0));
        large.end(256 * PAGE);
        assertFalse(begin(large, 1));
        timer.advance(900);
        assertEquals(List.of(), letOn);
        timer.advance(100);
        assertEquals(List.of(1), letOn);
    }

    @Test
    void whoeverLeavesHoldsNoPlace() {
        List<ReplayPacer.Turn> crowd = crowd(500);
        begun(crowd);
        crowd.subList(AT_ONCE, 499).forEach(turn -> turn.end(0));
        crowd.get(0).end(0);
        timer.advance(5);
        assertEquals(List.of(499), letOn);
        assertEquals(0, timer.pending());
    }

    @Test
    void everybodyMayGoWhereThereIsNoRate() {
        List<ReplayPacer.Turn> crowd = crowd(500);
        int begun = begun(crowd);
        pace.change(0);
        timer.advance(5);
        assertEquals(crowd.size() - begun, letOn.size(), "those who waited, too");
        assertEquals(500, begun(crowd(500)));
    }

    @Test
    void anotherRateHoldsAtOnce() {
        pace.change(PAGE);
        begun(crowd(10));
        timer.advance(4_000);
        assertEquals(4, letOn.size());
        pace.change(RATE);
        timer.advance(100);
        assertEquals(9, letOn.size());
    }

    /** @return how many of them need not wait */
    private int begun(List<ReplayPacer.Turn> crowd) {
        int begun = 0;
        for (int i = 0; i < crowd.size(); i++) {
            begun += begin(crowd.get(i), i) ? 1 : 0;
        }
        return begun;
    }

    private boolean begin(ReplayPacer.Turn turn, int member) {
        return turn.begin(() -> letOn.add(member));
    }

    private List<ReplayPacer.Turn> crowd(int members) {
        return IntStream.range(0, members).mapToObj(i -> pace.turn()).toList();
    }

    private long recorded() {
        return Arrays.stream(waits.counts()).sum();
    }
}
