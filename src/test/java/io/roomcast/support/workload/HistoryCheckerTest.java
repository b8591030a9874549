package io.roomcast.support.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.protocol.Position;
import io.roomcast.support.workload.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The checker, on histories that are wrong in each of the ways that it has to find, and on right ones that look odd.
 */
class HistoryCheckerTest {
    private static final String ROOM = "room";
    private static final long WINDOW = 100;

    private final List<Event> events = new ArrayList<>();

    @Test
    void rightHistoryHasNoViolation() {
        joined("bob", null, "e", 0, false);
        acked("a", "e", 1);
        received("bob", 1, "a");
        received("bob", 2, "b");
        ended("bob");
        acked("c", "e", 3);
        joined("bob", new Position("e", 2), "e", 3, true);
        received("bob", 3, "c");
        acked("c", "e", 3);
        check();
    }

    @Test
    void acknowledgedMessageThatNeverCameIsLost() {
        joined("bob", null, "e", 0, false);
        received("bob", 1, "a");
        acked("a", "e", 1);
        acked("b", "e", 2);
        check(Kind.LOST);
    }

    @Test
    void whoIsGoneIsOwedNothing() {
        joined("bob", null, "e", 0, false);
        ended("bob");
        acked("a", "e", 1);
        check();
    }

    @Test
    void skippedOffsetIsHole() {
        joined("bob", null, "e", 5, false);
        received("bob", 6, "a");
        received("bob", 8, "c");
        check(Kind.HOLE);
    }

    @Test
    void skippedOffsetAfterRecoveryIsHole() {
        joined("bob", null, "e", 0, false);
        received("bob", 1, "a");
        ended("bob");
        joined("bob", new Position("e", 1), "e", 3, true);
        received("bob", 3, "c");
        check(Kind.HOLE);
    }

    @Test
    void sameOffsetAgainIsRepeated() {
        joined("bob", null, "e", 0, false);
        received("bob", 1, "a");
        received("bob", 1, "a");
        check(Kind.REPEATED);
    }

    @Test
    void earlierOffsetIsRepeated() {
        joined("bob", null, "e", 0, false);
        received("bob", 1, "a");
        received("bob", 2, "b");
        ended("bob");
        joined("bob", new Position("e", 2), "e", 2, true);
        received("bob", 2, "b");
        check(Kind.REPEATED);
    }

    @Test
    void differentMessagesAtOnePlaceBreakOrder() {
        joined("bob", null, "e", 0, false);
        joined("eve", null, "e", 0, false);
        received("bob", 1, "a");
        received("bob", 2, "b");
        received("eve", 1, "b");
        received("eve", 2, "a");
        check(Kind.ORDER, Kind.TWICE);
    }

    @Test
    void acknowledgementOfAnotherPlaceBreaksOrder() {
        joined("bob", null, "e", 0, false);
        received("bob", 1, "a");
        received("bob", 2, "b");
        acked("a", "e", 2);
        check(Kind.ORDER, Kind.TWICE);
    }

    @Test
    void messageAtTwoPlacesIsTwice() {
        joined("bob", null, "e", 0, false);
        received("bob", 1, "a");
        received("bob", 2, "a");
        check(Kind.TWICE);
    }

    @Test
    void repetitionInNewEpochIsNobodysFault() {
        joined("bob", null, "e", 0, false);
        received("bob", 1, "a");
        ended("bob");
        joined("bob", new Position("e", 1), "f", 0, false);
        received("bob", 1, "a");
        acked("a", "f", 1);
        check();
    }

    @Test
    void recoveredAcrossEpochsIsDishonest() {
        joined("bob", new Position("e", 1), "f", 3, true);
        received("bob", 2, "b");
        received("bob", 3, "c");
        check(Kind.DISHONEST);
    }

    @Test
    void recoveredWithoutTheRestIsDishonest() {
        joined("bob", new Position("e", 1), "e", 3, true);
        received("bob", 2, "b");
        check(Kind.DISHONEST);
    }

    @Test
    void lossWithinTheWindowIsDishonest() {
        joined("bob", new Position("e", 1), "e", 3, false);
        check(Kind.DISHONEST);
    }

    @Test
    void lossIsDishonestWhereNothingWasPublished() {
        joined("bob", new Position("e", 3), "e", 3, false);
        check(Kind.DISHONEST);
    }

    @Test
    void lossIsDishonestForWhoIsAheadOfTheRoom() {
        joined("bob", new Position("e", 3), "e", 2, false);
        check(Kind.DISHONEST);
    }

    @Test
    void lossIsDishonestForWhoIsAheadOfTheRoomAndHearsMoreOfIt() {
        joined("bob", new Position("e", 3), "e", 2, false);
        received("bob", 3, "c");
        ended("bob");
        check(Kind.DISHONEST);
    }

    @Test
    void lossIsDishonestForWhoIsAheadOfTheRoomAndReturnsToIt() {
        joined("bob", new Position("e", 3), "e", 2, false);
        ended("bob");
        joined("bob", new Position("e", 2), "e", 2, true);
        check(Kind.DISHONEST);
    }

    @Test
    void lossIsHonestForWhoIsAheadOfARoomWhoseEpochIsOver() {
        joined("bob", new Position("e", 3), "e", 2, false);
        behind("bob", 3, "f", 1);
        joined("eve", new Position("e", 3), "e", 2, false);
        ended("eve");
        joined("eve", new Position("e", 2), "f", 1, false);
        check();
    }

    @Test
    void lossBeyondTheWindowIsHonest() {
        joined("bob", new Position("e", 1), "e", 200, false);
        received("bob", 201, "z");
        check();
    }

    @Test
    void behindFromTheWrongPlaceIsDishonest() {
        joined("bob", null, "e", 10, false);
        behind("bob", 20, "e", 200);
        check(Kind.DISHONEST);
    }

    @Test
    void behindWithinTheWindowIsDishonest() {
        joined("bob", null, "e", 10, false);
        behind("bob", 11, "e", 15);
        check(Kind.DISHONEST);
    }

    @Test
    void behindIntoNewEpochIsHonest() {
        joined("bob", null, "e", 10, false);
        behind("bob", 1, "f", 2);
        received("bob", 3, "c");
        acked("c", "f", 3);
        check();
    }

    @Test
    void messageBeforeJoinIsHole() {
        received("bob", 1, "a");
        check(Kind.HOLE);
    }

    @Test
    void messagesOfOneConnectionInAnotherOrderBreakOrder() {
        sent("first", "a");
        sent("first", "b");
        acked("b", "e", 1);
        acked("a", "e", 2);
        check(Kind.ORDER);
    }

    @Test
    void messageWithoutAcknowledgementHidesNoOtherOrder() {
        sent("first", "a");
        sent("first", "b");
        sent("first", "c");
        acked("c", "e", 1);
        acked("a", "e", 3);
        check(Kind.ORDER);
    }

    @Test
    void messageThatWasSentAgainMayBeBehindLaterOnes() {
        sent("first", "a");
        sent("first", "b");
        sent("first", "a");
        sent("second", "c");
        sent("second", "d");
        sent("third", "c");
        acked("b", "e", 1);
        acked("a", "e", 2);
        acked("d", "e", 3);
        acked("c", "e", 4);
        check();
    }

    @Test
    void messagesOfTwoConnectionsHaveAnyOrder() {
        sent("first", "a");
        sent("second", "b");
        acked("b", "e", 1);
        acked("a", "e", 2);
        check();
    }

    @Test
    void messagesOfTwoEpochsAreNotCompared() {
        sent("first", "a");
        sent("first", "b");
        acked("a", "e", 5);
        acked("b", "f", 1);
        check();
    }

    private void joined(String receiver, Position since, String epoch, long offset, boolean recovered) {
        events.add(new Event.Joined(0, ROOM, receiver, since, new Position(epoch, offset), recovered));
    }

    private void received(String receiver, long offset, String key) {
        events.add(new Event.Received(0, ROOM, receiver, offset, key));
    }

    private void behind(String receiver, long from, String epoch, long offset) {
        events.add(new Event.Behind(0, ROOM, receiver, from, new Position(epoch, offset)));
    }

    private void sent(String connection, String key) {
        events.add(new Event.Sent(0, ROOM, connection, key));
    }

    private void acked(String key, String epoch, long offset) {
        events.add(new Event.Acked(0, ROOM, key, new Position(epoch, offset)));
    }

    private void ended(String receiver) {
        events.add(new Event.Ended(0, ROOM, receiver));
    }

    private void check(Kind... expected) {
        Set<Kind> found = new HistoryChecker(WINDOW)
                .check(events).stream().map(Violation::kind).collect(Collectors.toSet());
        assertEquals(Set.of(expected), found);
    }
}
