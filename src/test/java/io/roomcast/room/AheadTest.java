package io.roomcast.room;

import static io.roomcast.room.RoomFixture.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A member comes from a node that has heard more than this one has so far. */
@ExtendWith(NoDefects.class)
class AheadTest {
    private final RoomFixture fixture = new RoomFixture(100, 1_000);
    private final FakeSource source = fixture.source;
    private final FakeMember witness = fixture.witness();
    private final FakeMember member = FakeMember.quick();

    /** Five messages that were delivered here, and three that are on their way. */
    @BeforeEach
    void fallBehind() {
        fixture.publish(5);
        for (int i = 0; i < 3; i++) {
            source.store();
        }
    }

    private void join(long since) {
        fixture.join(member, at(since));
        fixture.executor.runAll();
    }

    private void catchUp() {
        source.deliverAll();
        fixture.executor.runAll();
    }

    @Test
    void nothingIsMissingAndNothingComesTwice() {
        join(8);
        assertEquals(List.of("joined e1:8 true"), member.log());
        catchUp();
        fixture.publish(2);

        assertEquals(List.of("joined e1:8 true", "e1:9..10"), member.log());
        assertEquals(List.of("joined e1:0 false", "e1:1..10"), witness.log());
    }

    @Test
    void whatFollowsInTheSameBatchComes() {
        join(7);
        source.store();
        catchUp();

        assertEquals(List.of("joined e1:7 true", "e1:8..9"), member.log());
    }

    @Test
    void laneThatComesUpWhileTheRelayIsAskedLetsItIn() {
        fixture.join(member, at(7));
        catchUp();

        assertEquals(List.of("joined e1:7 true", "e1:8"), member.log());
    }

    @Test
    void whatTheRelayDoesNotHaveIsNotRecovered() {
        join(9);
        catchUp();

        assertEquals(List.of("joined e1:5 false", "e1:6..8"), member.log());
    }

    @Test
    void relayThatCannotTellLeavesTheMemberOut() {
        source.away = true;
        join(8);
        catchUp();

        assertEquals(List.of("unavailable"), member.log());
    }

    @Test
    void newEpochIsTold() {
        join(8);
        source.beginEpoch("e2", 8);
        catchUp();
        fixture.publish(1);

        assertEquals(List.of("joined e1:8 true", "behind 1 e2:8", "e2:9"), member.log());
    }

    @Test
    void lossThatIsOverTheMemberIsTold() {
        join(7);
        source.lose(2);
        source.deliver(); // 6, which it has.
        fixture.executor.runAll();
        fixture.registry.find(FakeSource.ROOM).reset(at(10));
        fixture.executor.runAll();
        while (source.pendingReads() > 0) {
            source.completeRead();
            fixture.executor.runAll();
        }

        assertEquals(List.of("joined e1:7 true", "e1:8..10"), member.log(), "the history has it");
    }

    @Test
    void oneThatLeavesIsForgotten() {
        Room room = fixture.join(member, at(8));
        fixture.executor.runAll();
        fixture.registry.leave(room, member.member);
        catchUp();
        fixture.publish(2);

        assertEquals(List.of("joined e1:8 true"), member.log());
    }
}
