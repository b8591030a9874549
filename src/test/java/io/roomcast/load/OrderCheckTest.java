package io.roomcast.load;

import static io.roomcast.load.OrderCheck.Verdict.GOOD;
import static io.roomcast.load.OrderCheck.Verdict.LATE;
import static io.roomcast.load.OrderCheck.Verdict.REPEATED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OrderCheckTest {
    private final OrderCheck member = new OrderCheck();

    @Test
    void oneAfterTheOtherIsGood() {
        member.startAt(7);
        assertEquals(GOOD, member.take(8));
        assertEquals(GOOD, member.take(9));
        assertEquals(0, member.missing(9));
    }

    @Test
    void tellsLateFromRepeatedFromLost() {
        member.startAt(0);
        member.take(1);
        assertEquals(REPEATED, member.take(1));
        member.take(4);
        assertEquals(2, member.missing(4));
        assertEquals(LATE, member.take(2));
        assertEquals(REPEATED, member.take(2));
        assertEquals(1, member.missing(4));
        assertEquals(3, member.missing(6), "the tail is missing, too");
    }

    @Test
    void aRoomHasOneMessageAtAnOffset() {
        EpochCheck room = new EpochCheck("e1");
        assertFalse(room.contradicts(1, 5, 9));
        assertFalse(room.contradicts(1, 5, 9));
        assertTrue(room.contradicts(1, 5, 10));
        assertTrue(room.contradicts(1, 6, 9));
        assertFalse(room.contradicts(4_097, 6, 9), "long ago");
    }
}
