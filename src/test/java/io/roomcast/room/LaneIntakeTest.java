package io.roomcast.room;

import static io.roomcast.room.RoomFixture.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.Counter;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A relay that brings more than the lane gets round to. */
@ExtendWith(NoDefects.class)
class LaneIntakeTest {
    /** About a hundred messages of this size. */
    private static final long ROOM_BYTES = 2_500;

    private static final int KEPT = 10_000;

    private final LagBudget budget = new LagBudget(ROOM_BYTES, 0);
    private final RoomFixture fixture = new RoomFixture(10, KEPT, budget);
    private final FakeSource source = fixture.source;
    private final FakeMember witness = fixture.witness();
    private final Room room = fixture.registry.find(FakeSource.ROOM);

    @Test
    void whatWaitsIsBoundedAndNothingIsLost() {
        for (int i = 0; i < 5_000; i++) {
            source.publish(1);
            assertTrue(room.laneLoad().bytes() <= ROOM_BYTES);
            assertTrue(room.waitingEvents() < 150, "events cost memory, too");
            assertEquals(room.laneLoad().bytes(), budget.held());
        }
        drain();
        assertEquals(List.of("joined e1:0 false", "e1:1..5000"), witness.log());
        assertEquals(0, budget.held());
        fixture.publish(3);
        assertEquals(List.of("joined e1:0 false", "e1:1..5003"), witness.log());
        assertEquals(0, source.pendingReads(), "all goes to the lane again");
        assertEquals(1, fixture.metrics.get(Counter.LANE_OVERFLOWS));
    }

    @Test
    void theHistoryIsReadOnePageAtATime() {
        source.publish(4_000);
        fixture.executor.runAll();
        int pages = 0;
        while (source.pendingReads() > 0) {
            assertEquals(1, source.pendingReads());
            source.completeRead();
            fixture.executor.runAll();
            // It gets on, though more comes all the time.
            fixture.publish(20);
            pages++;
        }
        assertTrue(pages >= 5 && pages < 10, "the newest are kept, and need not be read: " + pages);
        assertEquals(pages, source.promisedReads());
        assertEquals("e1:1.." + source.position().offset(), witness.log().get(1));
        assertEquals(2, witness.log().size());
    }

    @Test
    void aBurstThatTheNewestCoverIsNotReadAtAll() {
        source.publish(300);
        fixture.executor.runAll();
        assertEquals(0, source.pendingReads());
        assertEquals(List.of("joined e1:0 false", "e1:1..300"), witness.log());
    }

    @Test
    void roomsShareWhatTheNodeMayHold() {
        budget.setBounds(ROOM_BYTES, ROOM_BYTES);
        budget.add(ROOM_BYTES - 500);
        source.publish(100);
        assertTrue(room.laneLoad().bytes() <= 500);
        budget.add(500 - ROOM_BYTES);
        drain();
        assertEquals(List.of("joined e1:0 false", "e1:1..100"), witness.log());
        assertEquals(0, budget.held());
    }

    @Test
    void whatTheHistoryNoLongerHasIsToldOnce() {
        source.publish(KEPT + 5_000);
        drain();
        fixture.publish(1);
        assertEquals(3 + 1, witness.log().size(), witness.log()::toString);
        assertTrue(witness.log().get(2).startsWith("behind "), witness.log()::toString);
        assertTrue(witness.log().get(3).endsWith("..15001"), witness.log()::toString);
    }

    @Test
    void whereTheHistoryCannotBeReadTheMembersFetchIt() {
        source.publish(5_000);
        fixture.executor.runAll();
        source.failRead(0);
        drain();
        fixture.publish(1);
        assertTrue(witness.log().get(2).startsWith("behind "), witness.log()::toString);
        assertEquals("e1:4001..5001", witness.log().get(3), "the newest 1,000 were kept");
    }

    @Test
    void aNewEpochEndsTheReadingOfTheOldOne() {
        source.publish(5_000);
        fixture.executor.runAll();
        source.beginEpoch("e2", 7);
        source.deliverAll();
        source.publish(3);
        source.completeRead();
        drain();
        fixture.publish(1);
        List<String> log = witness.log();
        assertEquals("behind 1 e2:7", log.get(log.size() - 2), log::toString);
        assertEquals("e2:8..11", log.get(log.size() - 1));
    }

    @Test
    void aLossMeanwhileIsToldInItsPlace() {
        source.publish(5_000);
        source.lose(10);
        source.deliverAll();
        source.publish(5);
        drain();
        assertEquals(List.of("joined e1:0 false"), witness.log().subList(0, 1));
        assertEquals("e1:5011..5015", witness.log().get(witness.log().size() - 1));
        assertEquals(4, witness.log().size(), witness.log()::toString);
    }

    /** After a loss, the pages of earlier reads are ignored, even if the lane lags again by then. */
    @Test
    void anAnswerThatComesAfterALossIsNotUsed() {
        source.publish(5_000);
        fixture.executor.runAll();
        source.lose(10);
        source.deliverAll();
        fixture.executor.runAll();
        source.publish(3);
        source.failRead(0);
        source.publish(5_000);
        drain();
        List<String> log = witness.log();
        assertEquals(4, log.size(), log::toString);
        assertTrue(log.get(2).endsWith(" e1:5010"), log::toString);
        assertEquals("e1:5011..10013", log.get(3));
    }

    @Test
    void aResetThatIsTakenBeforeTheLagTakesWhatTheLagBrings() {
        while (room.laneLoad().bytes() < ROOM_BYTES - 30) {
            source.publish(1);
        }
        long full = source.position().offset();
        source.lose(10);
        source.deliverAll();
        source.publish(5);
        assertTrue(room.laneLoad().bytes() <= ROOM_BYTES, "the lane has no room for the last");
        drain();
        fixture.publish(3);
        List<String> log = witness.log();
        assertEquals("behind " + (full + 1) + " e1:" + (full + 10), log.get(log.size() - 2), log::toString);
        assertEquals("e1:" + (full + 11) + ".." + (full + 18), log.get(log.size() - 1));
        assertEquals(1, fixture.metrics.get(Counter.LANE_OVERFLOWS));
    }

    @Test
    void signalsAndPresenceHaveNoPlaceWhereMessagesHaveNone() {
        source.publish(200);
        for (int i = 0; i < 1_000; i++) {
            room.signal(EncodedFrame.of(FrameKind.SIGNAL, "typing"));
            assertFalse(room.announce(EncodedFrame.of(FrameKind.PRESENCE, "ann came"), i));
        }
        assertTrue(room.waitingEvents() < 150);
        drain();
        assertEquals(List.of("joined e1:0 false", "e1:1..200"), witness.log());
        assertEquals(1_000, fixture.metrics.get(Counter.NOTICES_DROPPED));
        assertTrue(room.announce(EncodedFrame.of(FrameKind.PRESENCE, "ann came"), 1_000));
        fixture.executor.runAll();
        assertEquals("ann came", witness.log().get(2));
    }

    @Test
    void whoComesBackMeanwhileIsServedInOrder() {
        source.publish(3_000);
        FakeMember back = FakeMember.quick();
        fixture.join(back, at(50));
        FakeMember anew = FakeMember.quick();
        fixture.join(anew, null);
        drain();
        fixture.publish(1);
        Position end = source.position();
        assertTrue(back.log().get(0).endsWith(" true"), back.log()::toString);
        assertEquals("e1:51.." + end.offset(), back.log().get(1));
        assertTrue(anew.log().get(1).endsWith(".." + end.offset()), anew.log()::toString);
        assertEquals(2, anew.log().size());
    }

    private void drain() {
        fixture.executor.runAll();
        while (source.pendingReads() > 0) {
            source.completeRead();
            fixture.executor.runAll();
        }
    }
}
