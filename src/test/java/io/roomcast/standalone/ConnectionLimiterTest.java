package io.roomcast.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.HttpKeys;
import io.roomcast.config.Key;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who has to go, and who may stay, when it gets tight at the door or somebody takes too long. */
class ConnectionLimiterTest {
    private static final long FILES = 100;

    private final NodeMetrics metrics = new NodeMetrics();
    private final Map<String, String> settings = new HashMap<>();
    private final List<Line> lines = new ArrayList<>();
    private long now;
    private ConnectionLimiter door = door();

    private static final class Line implements HttpConnection.Line {
        private boolean unread;
        private int queued;
        private boolean file = true;
        private boolean cut;

        @Override
        public boolean hasUnread() {
            return unread;
        }

        @Override
        public int queued() {
            return queued;
        }

        @Override
        public boolean holdsFile() {
            return file;
        }

        @Override
        public void cut() {
            cut = true;
        }
    }

    private ConnectionLimiter door() {
        return new ConnectionLimiter(
                RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()),
                FILES,
                metrics,
                () -> now);
    }

    private void limit(Key<?> key, String value) {
        settings.put(key.name(), value);
        door = door();
    }

    private HttpConnection enters(String network) {
        Line line = new Line();
        lines.add(line);
        HttpConnection visit = new HttpConnection(line, network);
        door.arrives(line);
        door.enter(visit, line);
        return visit;
    }

    private HttpConnection enters() {
        return enters("10.0.0.1");
    }

    private static Line line(HttpConnection visit) {
        return (Line) visit.line;
    }

    private static boolean wasCut(HttpConnection visit) {
        return line(visit).cut;
    }

    private void passes(long seconds) {
        for (long i = 0; i < seconds; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            door.tick();
        }
    }

    private long reached(Key<?> key) {
        return metrics.limits().getOrDefault(key.name(), 0L);
    }

    @Test
    void theLongestSilentMakesRoom() {
        limit(HttpKeys.CONNECTIONS, "3");
        HttpConnection served = enters();
        door.begins(served);
        HttpConnection silent = enters();
        HttpConnection later = enters();
        assertTrue(door.makeRoom());
        assertTrue(wasCut(silent));
        assertFalse(wasCut(served) || wasCut(later));
        assertEquals(1, reached(HttpKeys.CONNECTIONS));
    }

    @Test
    void whoHasSaidSomethingThatWasNotReadYetDoesNot() {
        limit(HttpKeys.CONNECTIONS, "2");
        HttpConnection unread = enters();
        line(unread).unread = true;
        HttpConnection inHand = enters();
        inHand.inHand = true;
        assertFalse(door.makeRoom());
        assertFalse(wasCut(unread) || wasCut(inHand));
        inHand.inHand = false;
        assertTrue(door.makeRoom());
        assertTrue(wasCut(inHand));
    }

    @Test
    void anAddressMakesRoomAmongItsOwn() {
        limit(HttpKeys.ADDRESS_CONNECTIONS, "2");
        HttpConnection other = enters("10.0.0.2");
        HttpConnection first = enters();
        enters();
        enters();
        assertTrue(wasCut(first));
        assertFalse(wasCut(other));
        assertEquals(1, reached(HttpKeys.ADDRESS_CONNECTIONS));
        assertEquals(3, door.visits());
    }

    @Test
    void sessionsAndThoseWhoHaveGoneButHoldAFileCount() {
        for (int i = 0; i < FILES; i++) {
            assertTrue(door.makeRoom());
            door.becomesSession(enters());
        }
        assertFalse(door.makeRoom());
        HttpConnection silent = enters();
        assertFalse(door.makeRoom() && !wasCut(silent), "there is no file for one more");
    }

    @Test
    void moreRequestsThanThatAreRefused() {
        limit(HttpKeys.REQUESTS, "1");
        HttpConnection first = enters();
        HttpConnection second = enters();
        door.begins(first);
        assertTrue(door.admits(first));
        door.begins(second);
        assertFalse(door.admits(second));
        assertEquals(1, reached(HttpKeys.REQUESTS));
        door.leaves(first);
        assertEquals(0, door.requests());
        assertTrue(door.admits(second));
    }

    @Test
    void whoHasWaitedLongestGoesWhereTooMuchWaitsForItsReaders() {
        limit(HttpKeys.ANSWER_BYTES, "1MiB");
        HttpConnection first = enters();
        HttpConnection second = enters();
        for (HttpConnection visit : List.of(first, second)) {
            door.begins(visit);
            line(visit).queued = 600 << 10;
            door.answers(visit);
        }
        assertTrue(wasCut(first));
        assertFalse(wasCut(second));
        assertEquals(1, reached(HttpKeys.ANSWER_BYTES));
    }

    @Test
    void whoSaysNothingGoes() {
        HttpConnection silent = enters();
        passes(5);
        HttpConnection later = enters();
        HttpConnection session = enters();
        door.becomesSession(session);
        HttpConnection served = enters();
        door.begins(served);
        passes(6);
        assertTrue(wasCut(silent));
        assertFalse(wasCut(later) || wasCut(session) || wasCut(served));
        assertEquals(1, reached(HttpKeys.REQUEST_TIMEOUT));
    }

    /** A head that comes byte by byte is none yet, however long it goes on. */
    @Test
    void whoDripsGoesToo() {
        HttpConnection drips = enters();
        for (int i = 0; i < 12; i++) {
            drips.inHand = true;
            passes(0);
            drips.inHand = false;
            passes(1);
        }
        assertTrue(wasCut(drips));
    }

    @Test
    void whoTakesNothingOfAnAnswerGoes() {
        HttpConnection takes = enters();
        HttpConnection stops = enters();
        for (HttpConnection visit : List.of(takes, stops)) {
            door.begins(visit);
            line(visit).queued = 1_000;
            door.answers(visit);
        }
        for (int i = 0; i < 12; i++) {
            line(takes).queued--;
            passes(1);
        }
        assertTrue(wasCut(stops));
        assertFalse(wasCut(takes));
        assertEquals(1, reached(HttpKeys.ANSWER_TIMEOUT));
    }

    @Test
    void nothingIsReadFromWhoDoesNotTakeItsAnswers() {
        HttpConnection visit = enters();
        assertFalse(door.waitsForNetwork(visit));
        door.begins(visit);
        line(visit).queued = 1_000;
        door.answers(visit);
        assertTrue(door.waitsForNetwork(visit));
        line(visit).queued = 0;
        assertFalse(door.waitsForNetwork(visit));
        door.isTaken(visit);
        assertEquals(HttpConnection.Turn.CLIENT, visit.turn);
        // An interim answer, which no request of ours stands for.
        line(visit).queued = 25;
        assertTrue(door.waitsForNetwork(visit));
    }

    @Test
    void whoWasRefusedHasAMomentToSeeWhy() {
        HttpConnection refused = enters();
        door.begins(refused);
        door.sendsAway(refused);
        assertFalse(wasCut(refused));
        passes(2);
        assertTrue(wasCut(refused));
        assertEquals(0, door.visits());
        assertEquals(Map.of(), metrics.limits());
    }

    @Test
    void aTimeInWhichTheNodeStoodStillIsNobodysSilence() {
        HttpConnection silent = enters();
        passes(1);
        now += TimeUnit.MINUTES.toNanos(1);
        door.tick();
        assertFalse(wasCut(silent));
        passes(12);
        assertTrue(wasCut(silent));
    }

    @Test
    void aLimitOfZeroIsNone() {
        for (Key<?> key : HttpKeys.ALL) {
            limit(key, "0");
        }
        List<HttpConnection> visits = new ArrayList<>();
        for (int i = 0; i < FILES / 2; i++) {
            assertTrue(door.makeRoom());
            HttpConnection visit = enters();
            visits.add(visit);
            if (i % 2 == 0) {
                door.begins(visit);
                assertTrue(door.admits(visit));
                line(visit).queued = 100 << 20;
                door.answers(visit);
            }
        }
        passes(100);
        assertTrue(visits.stream().noneMatch(ConnectionLimiterTest::wasCut));
    }

    @Test
    void nothingIsLeftOfWhoHasGone() {
        for (int i = 0; i < 50; i++) {
            HttpConnection visit = enters("10.0.0." + i % 5);
            if (i % 3 == 0) {
                door.begins(visit);
                door.admits(visit);
            } else if (i % 3 == 1) {
                door.becomesSession(visit);
            }
            door.leaves(visit);
            door.leaves(visit);
            line(visit).file = false;
        }
        assertEquals(0, door.visits());
        assertEquals(0, door.requests());
        for (int i = 0; i < FILES; i++) {
            assertTrue(door.makeRoom());
            door.becomesSession(enters());
        }
        assertTrue(lines.stream().noneMatch(line -> line.cut));
    }
}
