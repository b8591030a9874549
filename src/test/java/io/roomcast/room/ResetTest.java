package io.roomcast.room;

import static io.roomcast.room.RoomFixture.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.protocol.Position;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The relay lost something, or numbering began anew. */
@ExtendWith(NoDefects.class)
class ResetTest {
    private final RoomFixture fixture = new RoomFixture(100, 2_000);
    private final FakeSource source = fixture.source;
    private final FakeMember witness = fixture.witness();

    @Test
    void lostMessagesAreToldOnce() {
        fixture.publish(3);
        source.lose(4);
        source.deliverAll();
        fixture.publish(1);
        assertEquals(List.of("joined e1:0 false", "e1:1..3", "behind 4 e1:7", "e1:8"), witness.log());
    }

    @Test
    void aResetToWhereTheRoomIsAlreadyTellsNothing() {
        fixture.publish(3);
        source.lose(0);
        source.deliverAll();
        fixture.publish(1);
        assertEquals(List.of("joined e1:0 false", "e1:1..4"), witness.log());
    }

    @Test
    void aNewEpochIsToldFromItsFirstMessage() {
        fixture.publish(3);
        source.beginEpoch("e2", 5);
        source.deliverAll();
        fixture.publish(1);
        assertEquals(List.of("joined e1:0 false", "e1:1..3", "behind 1 e2:5", "e2:6"), witness.log());
    }

    @Test
    void recentMessagesOfTheOldEpochAreForgotten() {
        fixture.publish(3);
        source.beginEpoch("e2", 2);
        source.deliverAll();
        fixture.publish(2);
        FakeMember old = FakeMember.quick();
        fixture.join(old, at(1));
        FakeMember current = FakeMember.quick();
        fixture.join(current, new Position("e2", 3));
        fixture.executor.runAll();
        assertEquals(List.of("joined e2:4 false"), old.log());
        assertEquals(List.of("joined e2:4 true", "e2:4"), current.log());
    }

    @Test
    void aMemberThatCatchesUpReadsWhatWasNotDelivered() {
        fixture.publish(1_000);
        FakeMember member = FakeMember.quick();
        fixture.join(member, at(0));
        fixture.executor.runAll();
        source.completeRead();
        fixture.executor.runAll();
        source.lose(5);
        source.deliverAll();
        drain();
        assertEquals(List.of("joined e1:1000 true", "e1:1..1005"), member.log());
    }

    @Test
    void aNewEpochEndsTheCatchingUpOfTheOldOne() {
        fixture.publish(1_000);
        FakeMember member = FakeMember.quick();
        fixture.join(member, at(0));
        fixture.executor.runAll();
        source.completeRead();
        fixture.executor.runAll();
        source.beginEpoch("e2", 700);
        source.deliverAll();
        drain();
        fixture.publish(1);
        assertEquals(List.of("joined e1:1000 true", "e1:1..500", "behind 1 e2:700", "e2:701"), member.log());
    }

    @Test
    void aPageOfTheNewEpochDoesNotContinueAnOldPosition() {
        fixture.publish(1_000);
        FakeMember member = FakeMember.quick();
        fixture.join(member, at(5));
        fixture.executor.runAll();
        // While the first page is being read, numbering begins anew, and the page has the offset after the member's.
        source.beginEpoch("e2", 0);
        source.deliverAll();
        source.publish(20);
        fixture.executor.runAll();
        drain();
        fixture.publish(1);
        assertEquals(List.of("joined e2:20 false", "e2:21"), member.log());
    }

    private void drain() {
        fixture.executor.runAll();
        while (source.pendingReads() > 0) {
            source.completeRead();
            fixture.executor.runAll();
        }
    }
}
