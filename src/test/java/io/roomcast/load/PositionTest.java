package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PositionTest {
    private final RoomCheck room = new RoomCheck("room");
    private final Position member = new Position(room);

    @Test
    void saysWithItsPositionWhatProvesIt() {
        assertEquals("", member.since());
        member.jumpTo("e1", 7, 1_000);
        assertEquals(",\"since\":{\"epoch\":\"e1\",\"offset\":7,\"at\":1000}", member.since());
        member.take(8, 1_001);
        assertEquals(",\"since\":{\"epoch\":\"e1\",\"offset\":8,\"at\":1001}", member.since());
        member.take(7, 1_000);
        assertEquals(",\"since\":{\"epoch\":\"e1\",\"offset\":8,\"at\":1001}", member.since(), "of the last message");
        member.take(9, 0);
        assertEquals(",\"since\":{\"epoch\":\"e1\",\"offset\":9}", member.since(), "where no time is known, none");
    }

    @Test
    void aNewEpochIsAToldGapAndNothingBehindItIsWrong() {
        member.jumpTo("e1", 0, 0);
        member.take(1, 1);
        room.epoch("e1").acknowledge(4);
        assertEquals(3, member.missing());
        room.epoch("e2").acknowledge(1);
        room.epoch("e2").acknowledge(2);

        assertEquals(3 + 2, member.jumpTo("e2", 2, 5), "the rest of the old epoch, and what the new one has already");
        assertEquals(0, member.missing());
        assertEquals(OrderCheck.Verdict.GOOD, member.take(3, 6));
        room.epoch("e2").acknowledge(5);
        assertEquals(2, member.missing());
        assertEquals(",\"since\":{\"epoch\":\"e2\",\"offset\":3,\"at\":6}", member.since());
    }

    @Test
    void whoWasNotToldOfTheNewEpochMissesIt() {
        member.jumpTo("e1", 4, 0);
        room.epoch("e1").acknowledge(4);
        assertEquals(0, member.missing());
        room.epoch("e2").acknowledge(11);
        room.epoch("e2").acknowledge(13);
        assertEquals(3, member.missing());
    }

    @Test
    void aGapWithinAnEpochIsCounted() {
        member.jumpTo("e1", 0, 0);
        member.take(1, 1);
        member.take(3, 1);
        assertEquals(1 + 2, member.jumpTo("e1", 5, 2), "a hole, and two at the end");
        assertEquals(0, member.missing());
    }

    @Test
    void theFirstJoinIsNoGap() {
        assertFalse(member.isKnown());
        assertEquals(0, member.jumpTo("e1", 50, 0));
        assertTrue(member.isKnown());
    }

    @Test
    void whatRecoveredIsStillMissingUntilItComes() {
        member.jumpTo("e1", 1, 0);
        room.epoch("e1").acknowledge(3);
        member.recovered("e1");
        assertEquals(2, member.missing());
    }

    @Test
    void theSameOffsetInAnotherEpochIsAnotherMessage() {
        assertFalse(room.epoch("e1").contradicts(1, 5, 9));
        assertTrue(room.epoch("e1").contradicts(1, 5, 10));
        assertFalse(room.epoch("e2").contradicts(1, 5, 10));
    }
}
