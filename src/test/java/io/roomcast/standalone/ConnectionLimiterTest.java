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

/** Who has to go, and who may stay, when it gets tight at the limiter or somebody takes too long. */
class ConnectionLimiterTest {
    private static final long FILES = 100;

    private final NodeMetrics metrics = new NodeMetrics();
    private final Map<String, String> settings = new HashMap<>();
    private final List<FakeSocket> sockets = new ArrayList<>();
    private long now;
    private ConnectionLimiter limiter = limiter();

    private static final class FakeSocket implements HttpConnection.Socket {
        boolean ended;
        private boolean unread;
        private int queued;
        private boolean file = true;
        private boolean cut;

        @Override
        public boolean hasUnread() {
            return unread;
        }

        @Override
        public boolean hasEnded() {
            return ended;
        }

        @Override
        public int queuedBytes() {
            return queued;
        }

        @Override
        public boolean holdsFileDescriptor() {
            return file;
        }

        @Override
        public void cut() {
            cut = true;
        }
    }

    private ConnectionLimiter limiter() {
        return new ConnectionLimiter(
                RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()),
                FILES,
                metrics,
                () -> now);
    }

    private void limit(Key<?> key, String value) {
        settings.put(key.name(), value);
        limiter = limiter();
    }

    private HttpConnection enters(String network) {
        FakeSocket socket = new FakeSocket();
        sockets.add(socket);
        HttpConnection http = new HttpConnection(socket, network);
        limiter.beginAccept(socket);
        limiter.add(http, socket);
        return http;
    }

    private HttpConnection enters() {
        return enters("10.0.0.1");
    }

    private static FakeSocket socket(HttpConnection http) {
        return (FakeSocket) http.socket;
    }

    private static boolean wasCut(HttpConnection http) {
        return socket(http).cut;
    }

    private void passes(long seconds) {
        for (long i = 0; i < seconds; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            limiter.tick();
        }
    }

    private long reached(Key<?> key) {
        return metrics.limits().getOrDefault(key.name(), 0L);
    }

    @Test
    void theLongestSilentMakesRoom() {
        limit(HttpKeys.CONNECTIONS, "3");
        HttpConnection served = enters();
        limiter.beginRequest(served);
        HttpConnection silent = enters();
        HttpConnection later = enters();
        assertTrue(limiter.ensureCapacity());
        assertTrue(wasCut(silent));
        assertFalse(wasCut(served) || wasCut(later));
        assertEquals(1, reached(HttpKeys.CONNECTIONS));
    }

    @Test
    void whoHasSaidSomethingThatWasNotReadYetDoesNot() {
        limit(HttpKeys.CONNECTIONS, "2");
        HttpConnection unread = enters();
        socket(unread).unread = true;
        HttpConnection beingRead = enters();
        beingRead.beingRead = true;
        assertFalse(limiter.ensureCapacity());
        assertFalse(wasCut(unread) || wasCut(beingRead));
        beingRead.beingRead = false;
        assertTrue(limiter.ensureCapacity());
        assertTrue(wasCut(beingRead));
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
        assertEquals(3, limiter.count());
    }

    @Test
    void sessionsAndThoseWhoHaveGoneButHoldAFileCount() {
        for (int i = 0; i < FILES; i++) {
            assertTrue(limiter.ensureCapacity());
            limiter.becomeWebSocket(enters());
        }
        assertFalse(limiter.ensureCapacity());
        HttpConnection silent = enters();
        assertFalse(limiter.ensureCapacity() && !wasCut(silent), "there is no file for one more");
    }

    @Test
    void moreRequestsThanThatAreRefused() {
        limit(HttpKeys.REQUESTS, "1");
        HttpConnection first = enters();
        HttpConnection second = enters();
        limiter.beginRequest(first);
        assertTrue(limiter.tryAdmitRequest(first));
        limiter.beginRequest(second);
        assertFalse(limiter.tryAdmitRequest(second));
        assertEquals(1, reached(HttpKeys.REQUESTS));
        limiter.remove(first);
        assertEquals(0, limiter.requests());
        assertTrue(limiter.tryAdmitRequest(second));
    }

    @Test
    void whoHasWaitedLongestGoesWhereTooMuchWaitsForItsReaders() {
        limit(HttpKeys.ANSWER_BYTES, "1MiB");
        HttpConnection first = enters();
        HttpConnection second = enters();
        for (HttpConnection http : List.of(first, second)) {
            limiter.beginRequest(http);
            socket(http).queued = 600 << 10;
            limiter.responseQueued(http);
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
        limiter.becomeWebSocket(session);
        HttpConnection served = enters();
        limiter.beginRequest(served);
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
            drips.beingRead = true;
            passes(0);
            drips.beingRead = false;
            passes(1);
        }
        assertTrue(wasCut(drips));
    }

    /** The system of the client has taken it, and takes nothing more until the client has read some of it. */
    @Test
    void whoMayStillBeReadingALongAnswerStays() {
        HttpConnection http = enters();
        limiter.beginRequest(http);
        socket(http).queued = 1_000;
        http.newBytes.addAndGet(2_500_000);
        for (int i = 0; i < 22; i++) {
            passes(1);
            assertFalse(wasCut(http), i + " s");
        }
        for (int i = 0; i < 6; i++) {
            passes(1);
        }
        assertTrue(wasCut(http));
    }

    @Test
    void whoTakesOneWholePartAfterTheOtherStays() {
        HttpConnection http = enters();
        limiter.beginRequest(http);
        socket(http).queued = 1_000;
        for (int i = 0; i < 30; i++) {
            http.tookOutput = true;
            passes(1);
        }
        assertFalse(wasCut(http));
    }

    @Test
    void whoTakesNothingOfAnAnswerGoes() {
        HttpConnection takes = enters();
        HttpConnection stops = enters();
        for (HttpConnection http : List.of(takes, stops)) {
            limiter.beginRequest(http);
            socket(http).queued = 1_000;
            limiter.responseQueued(http);
        }
        for (int i = 0; i < 12; i++) {
            socket(takes).queued--;
            passes(1);
        }
        assertTrue(wasCut(stops));
        assertFalse(wasCut(takes));
        assertEquals(1, reached(HttpKeys.ANSWER_TIMEOUT));
    }

    @Test
    void nothingIsReadFromWhoDoesNotTakeItsAnswers() {
        HttpConnection http = enters();
        assertFalse(limiter.mustWaitForOutput(http));
        limiter.beginRequest(http);
        socket(http).queued = 1_000;
        limiter.responseQueued(http);
        assertTrue(limiter.mustWaitForOutput(http));
        socket(http).queued = 0;
        assertFalse(limiter.mustWaitForOutput(http));
        limiter.responseSent(http);
        assertEquals(HttpConnection.State.AWAITING_REQUEST, http.state);
        // An interim answer, which no request of ours stands for.
        socket(http).queued = 25;
        assertTrue(limiter.mustWaitForOutput(http));
    }

    @Test
    void whoWasRefusedHasAMomentToSeeWhy() {
        HttpConnection refused = enters();
        limiter.beginRequest(refused);
        limiter.reject(refused);
        assertFalse(wasCut(refused));
        passes(2);
        assertTrue(wasCut(refused));
        assertEquals(0, limiter.count());
        assertEquals(Map.of(), metrics.limits());
    }

    @Test
    void aTimeInWhichTheNodeStoodStillIsNobodysSilence() {
        HttpConnection silent = enters();
        passes(1);
        now += TimeUnit.MINUTES.toNanos(1);
        limiter.tick();
        assertFalse(wasCut(silent));
        passes(12);
        assertTrue(wasCut(silent));
    }

    @Test
    void aLimitOfZeroIsNone() {
        for (Key<?> key : HttpKeys.ALL) {
            limit(key, "0");
        }
        List<HttpConnection> connections = new ArrayList<>();
        for (int i = 0; i < FILES / 2; i++) {
            assertTrue(limiter.ensureCapacity());
            HttpConnection http = enters();
            connections.add(http);
            if (i % 2 == 0) {
                limiter.beginRequest(http);
                assertTrue(limiter.tryAdmitRequest(http));
                socket(http).queued = 100 << 20;
                limiter.responseQueued(http);
            }
        }
        passes(100);
        assertTrue(connections.stream().noneMatch(ConnectionLimiterTest::wasCut));
    }

    @Test
    void nothingIsLeftOfWhoHasGone() {
        for (int i = 0; i < 50; i++) {
            HttpConnection http = enters("10.0.0." + i % 5);
            if (i % 3 == 0) {
                limiter.beginRequest(http);
                limiter.tryAdmitRequest(http);
            } else if (i % 3 == 1) {
                limiter.becomeWebSocket(http);
            }
            limiter.remove(http);
            limiter.remove(http);
            socket(http).file = false;
        }
        assertEquals(0, limiter.count());
        assertEquals(0, limiter.requests());
        for (int i = 0; i < FILES; i++) {
            assertTrue(limiter.ensureCapacity());
            limiter.becomeWebSocket(enters());
        }
        assertTrue(sockets.stream().noneMatch(socket -> socket.cut));
    }

    /** As a WebSocket does, a poll that waits counts as a session only. */
    @Test
    void whoWaitsAsASessionTakesNeitherAConnectionNorARequest() {
        limit(HttpKeys.CONNECTIONS, "2");
        limit(HttpKeys.REQUESTS, "1");
        limit(HttpKeys.ADDRESS_CONNECTIONS, "1");
        HttpConnection waiting = enters();
        limiter.beginRequest(waiting);
        assertTrue(limiter.tryAdmitRequest(waiting));
        limiter.becomeSession(waiting);
        assertEquals(0, limiter.count());
        HttpConnection other = enters();
        assertFalse(wasCut(waiting) || wasCut(other));
        limiter.beginRequest(other);
        assertTrue(limiter.tryAdmitRequest(other), "the one that waits is no request");
        passes(120);
        assertFalse(wasCut(waiting));
        limiter.responseQueued(waiting);
        limiter.responseSent(waiting);
        assertEquals(2, limiter.count(), "after its answer it is a connection as others are");
    }

    @Test
    void whoGoesWhileItWaitsIsClosed() {
        HttpConnection waiting = enters();
        limiter.beginRequest(waiting);
        limiter.becomeSession(waiting);
        limiter.closeIfGone(waiting);
        assertFalse(wasCut(waiting));
        socket(waiting).ended = true;
        limiter.closeIfGone(waiting);
        assertTrue(wasCut(waiting));
    }

    /** The end of an answer is on its way, and the client sends the next request. That is no sign that it has gone. */
    @Test
    void whoIsAnsweredCountsAsARequestAgainBeforeTheAnswerIsWritten() {
        HttpConnection answered = enters();
        limiter.beginRequest(answered);
        limiter.becomeSession(answered);
        limiter.endSession(answered);
        assertEquals(1, limiter.count());
        socket(answered).ended = true;
        limiter.inSession().forEach(limiter::closeIfGone);
        limiter.closeIfGone(answered);
        assertFalse(wasCut(answered));
        limiter.responseQueued(answered);
        limiter.responseSent(answered);
        limiter.endSession(answered);
        assertTrue(answered.isIdle());
    }
}
