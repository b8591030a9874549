package io.roomcast.room;

import static io.roomcast.room.RoomFixture.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A member that returns gets all that it missed, or is told that it does not. */
@ExtendWith(NoDefects.class)
class RecoveryTest {
    private static final int RECENT = 600;
    private static final int KEPT = 3_000;

    private final RoomFixture fixture = new RoomFixture(RECENT, KEPT);
    private final FakeSource source = fixture.source;
    private final FakeMember witness = fixture.witness();

    @Test
    void nothingMissedIsRecovered() {
        fixture.publish(3);
        assertEquals(List.of("joined e1:3 true", "e1:4..5"), joinAndPublish(at(3)));
    }

    @Test
    void whatIsRecentComesWithoutARead() {
        fixture.publish(500);
        assertEquals(List.of("joined e1:500 true", "e1:101..502"), joinAndPublish(at(100)));
        assertEquals(0, source.pendingReads());
    }

    @Test
    void whoMayNotHaveWhatWasMissedGetsOnlyWhatComes() {
        Member.Scope scope = new Member.Scope(true, false, () -> true);
        fixture.publish(2_000);
        assertEquals(List.of("joined e1:2000 false", "e1:2001..2002"), joinAndPublish(FakeMember.of(scope), at(0)));
        assertEquals(List.of("joined e1:2002 false", "e1:2003..2004"), joinAndPublish(FakeMember.of(scope), at(1_900)));
        assertEquals(List.of("joined e1:2004 true", "e1:2005..2006"), joinAndPublish(FakeMember.of(scope), at(2_004)));
        assertEquals(0, source.pendingReads());
    }

    /** The history has it no more, by its age. */
    @Test
    void whatIsTooOldIsNotKeptForRecovery() {
        fixture.publish(300);
        fixture.timer.advance(RoomFixture.RECENT_MILLIS + 1);
        fixture.publish(200);
        fixture.executor.runAll();
        assertEquals(List.of("joined e1:500 true", "e1:301..502"), joinAndPublish(at(300)));
        fixture.join(FakeMember.quick(), at(100));
        fixture.executor.runAll();
        assertEquals(1, source.pendingReads(), "the history is asked");
    }

    @Test
    void whatIsOlderIsReadFromTheHistoryPageByPage() {
        fixture.publish(2_000);
        FakeMember member = FakeMember.quick();
        fixture.join(member, at(0));
        fixture.executor.runAll();
        assertEquals(List.of(), member.log(), "what joined says is decided by the first page");
        for (int page = 0; page < 3; page++) {
            assertEquals(1, source.pendingReads(), "page " + page);
            source.completeRead();
            // Two more come between any two pages.
            fixture.publish(2);
        }
        fixture.executor.runAll();
        assertEquals(0, source.pendingReads(), "the rest is recent");
        assertEquals(List.of("joined e1:2000 true", "e1:1..2006"), member.log());
    }

    @Test
    void aCrowdThatComesBackIsReadForAFewAtATime() {
        fixture.publish(2_000);
        List<FakeMember> crowd = comeBack(200, member -> member);
        // One that leaves before its turn is passed over.
        fixture.registry.leave(fixture.registry.find(FakeSource.ROOM), crowd.remove(150).member);
        fixture.executor.runAll();
        int most = 0;
        while (source.pendingReads() > 0) {
            most = Math.max(most, source.pendingReads());
            source.completeRead();
            fixture.executor.runAll();
        }
        assertTrue(most < 20, most + " pages at once");
        fixture.publish(1);
        for (FakeMember member : crowd) {
            assertEquals("joined e1:2000 true", member.log().get(0));
            assertTrue(member.log().get(1).endsWith("..2001"), member.log()::toString);
        }
    }

    @Test
    void aCrowdThatMissedTheSameIsNotReadForOneByOne() {
        fixture.publish(2_000);
        List<FakeMember> crowd = comeBack(100, member -> 900);
        int reads = 0;
        while (source.pendingReads() > 0) {
            reads++;
            source.completeRead();
            fixture.executor.runAll();
        }
        assertTrue(reads < 20, reads + " reads for one page");
        fixture.publish(1);
        for (FakeMember member : crowd) {
            assertEquals(List.of("joined e1:2000 true", "e1:901..2001"), member.log());
        }
    }

    @Test
    void aPageIsKeptForOthersOnlyWhileSomebodyCatchesUp() {
        RoomFixture bare = new RoomFixture(0, KEPT);
        bare.witness();
        bare.publish(400);
        for (int round = 0; round < 2; round++) {
            FakeMember member = FakeMember.quick();
            bare.join(member, at(100));
            bare.executor.runAll();
            assertEquals(1, bare.source.pendingReads(), "what the one before was sent is gone");
            bare.source.completeRead();
            bare.executor.runAll();
            assertEquals(List.of("joined e1:400 true", "e1:101..400"), member.log());
        }
    }

    @Test
    void aSlowMemberGetsTheNextPageOnlyWhenItReadTheOneBefore() {
        fixture.publish(2_000);
        FakeMember member = FakeMember.slow();
        fixture.join(member, at(0));
        fixture.executor.runAll();
        source.completeRead();
        fixture.executor.runAll();
        fixture.publish(50);
        assertEquals(0, source.pendingReads(), "joined is in flight, and the page waits");
        assertTrue(member.queue.waitingBytes() < 64 * 1024, "memory is bounded by a page");
        int texts = 0;
        while (member.transport.isInFlight()) {
            member.transport.complete();
            drain();
            if (texts++ < 10) {
                fixture.publish(1);
            }
        }
        assertTrue(texts >= 4, "one page after the other");
        assertEquals(List.of("joined e1:2000 true", "e1:1..2060"), member.log());
    }

    @Test
    void batchesPassByAMemberThatCatchesUp() {
        fixture.publish(2_000);
        FakeMember member = FakeMember.quick();
        fixture.join(member, at(0));
        fixture.publish(10);
        assertEquals(List.of(), member.log());
        drain();
        assertEquals(List.of("joined e1:2010 true", "e1:1..2010"), member.log());
    }

    @Test
    void theHistoryMayBeAheadOfTheRoom() {
        fixture.publish(2_000);
        FakeMember member = FakeMember.quick();
        fixture.join(member, at(1_300));
        fixture.executor.runAll();
        // On their way from another node: the page has them before they are delivered.
        for (int i = 0; i < 3; i++) {
            source.store();
        }
        source.completeRead();
        drain();
        source.deliverAll();
        drain();
        assertEquals(List.of("joined e1:2000 true", "e1:1301..2003"), member.log());
    }

    @Test
    void aNewMemberRecoversNothing() {
        fixture.publish(5);
        assertEquals(List.of("joined e1:5 false", "e1:6..7"), joinAndPublish(null));
    }

    @Test
    void anotherEpochRecoversNothing() {
        fixture.publish(5);
        assertEquals(List.of("joined e1:5 false", "e1:6..7"), joinAndPublish(new Position("e0", 3)));
    }

    @Test
    void anOffsetThatNeverWasRecoversNothing() {
        fixture.publish(5);
        assertEquals(List.of("joined e1:7 false"), joinAndPublish(at(8)));
        assertEquals(List.of("joined e1:9 false"), joinAndPublish(at((1L << 53) - 1)));
    }

    @Test
    void aLostRangeIsNotPassedOffAsAll() {
        fixture.publish(KEPT + 10);
        FakeMember lost = FakeMember.quick();
        fixture.join(lost, at(9));
        FakeMember whole = FakeMember.quick();
        fixture.join(whole, at(10));
        drain();
        assertEquals(List.of("joined e1:3010 false"), lost.log());
        assertEquals(List.of("joined e1:3010 true", "e1:11..3010"), whole.log());
    }

    @Test
    void aHistoryThatRunsAwayFromASlowMemberIsTold() {
        fixture.publish(2_000);
        FakeMember member = FakeMember.slow();
        fixture.join(member, at(0));
        fixture.executor.runAll();
        source.completeRead();
        fixture.executor.runAll();
        fixture.publish(2 * KEPT);
        member.transport.completeAll();
        drain();
        member.transport.completeAll();
        fixture.publish(1);
        member.transport.completeAll();
        assertEquals(List.of("joined e1:2000 true", "e1:1..500", "behind 501 e1:8000", "e1:8001"), member.log());
    }

    @Test
    void aHistoryThatCannotBeReadIsUnavailable() {
        fixture.publish(2_000);
        FakeMember member = FakeMember.quick();
        fixture.join(member, at(0));
        fixture.executor.runAll();
        source.failRead(0);
        fixture.publish(1);
        assertEquals(List.of("unavailable"), member.log());
    }

    @Test
    void aReadThatFailsOnTheWayLeavesTheMemberBehind() {
        fixture.publish(2_000);
        FakeMember member = FakeMember.quick();
        fixture.join(member, at(0));
        fixture.executor.runAll();
        assertEquals(0, source.promisedReads());
        source.completeRead();
        fixture.executor.runAll();
        assertEquals(1, source.promisedReads());
        source.failRead(0);
        fixture.publish(1);
        assertEquals(List.of("joined e1:2000 true", "e1:1..500", "behind 501 e1:2000", "e1:2001"), member.log());
    }

    @Test
    void oneThatLeavesWhileItCatchesUpIsForgotten() {
        fixture.publish(2_000);
        FakeMember member = FakeMember.quick();
        Room room = fixture.join(member, at(0));
        fixture.executor.runAll();
        fixture.registry.leave(room, member.member);
        drain();
        assertEquals(List.of(), member.log());
        assertEquals(1, room.size());
        assertEquals(List.of("joined e1:0 false", "e1:1..2000"), witness.log());
    }

    /** @param since the offset at which each of them stood */
    private List<FakeMember> comeBack(int members, IntUnaryOperator since) {
        List<FakeMember> crowd = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            crowd.add(FakeMember.quick());
            fixture.join(crowd.get(i), at(since.applyAsInt(i)));
        }
        fixture.executor.runAll();
        return crowd;
    }

    private List<String> joinAndPublish(Position since) {
        return joinAndPublish(FakeMember.quick(), since);
    }

    private List<String> joinAndPublish(FakeMember member, Position since) {
        fixture.join(member, since);
        fixture.publish(2);
        return member.log();
    }

    private void drain() {
        fixture.executor.runAll();
        while (source.pendingReads() > 0) {
            source.completeRead();
            fixture.executor.runAll();
        }
    }
}
