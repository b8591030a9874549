package io.roomcast.room;

import static io.roomcast.room.RoomFixture.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many members return at once, to a node that sends a little at a time. */
@ExtendWith(NoDefects.class)
class CrowdTest {
    private static final int RECENT = 600;
    private static final int KEPT = 3_000;
    private static final int MEMBERS = 100;
    /** Two pages may go at once, a page has about 25 KiB. */
    private static final long RATE = 1 << 20;

    private final RoomFixture fixture = new RoomFixture(RECENT, KEPT, new LagBudget(0, 0), RATE);
    private final FakeSource source = fixture.source;
    private final FakeMember witness = fixture.witness();
    private final List<FakeMember> crowd = new ArrayList<>();

    @Test
    void isJoinedAtOnceAndSentALittleAtATime() {
        fixture.publish(500);
        comeBack(0);
        assertTrue(crowd.stream().allMatch(member -> member.log().get(0).equals("joined e1:500 true")));
        assertTrue(sent() <= 5, sent() + " were sent a page in one go");
        int most = 0;
        while (sent() < MEMBERS) {
            int before = sent();
            pass(5);
            most = Math.max(most, sent() - before);
            // The room talks on, and forgets what the last of them missed.
            fixture.publish(1);
            drain();
        }
        assertTrue(most <= 2, most + " were sent a page in one go");
        settle();
        long last = source.position().offset();
        crowd.forEach(member -> assertEquals(List.of("joined e1:500 true", "e1:1.." + last), member.log()));
        assertEquals(List.of("joined e1:0 false", "e1:1.." + last), witness.log());
    }

    @Test
    void isReadForOnlyAsItIsSent() {
        fixture.publish(2_000);
        comeBack(1_000);
        assertTrue(source.pendingReads() <= 3, source.pendingReads() + " pages, none of which was sent");
        int most = 0;
        for (int reads = source.pendingReads(); reads > 0 || sent() < MEMBERS; reads = source.pendingReads()) {
            most = Math.max(most, reads);
            drain();
            pass(5);
        }
        assertTrue(most <= 5, most + " pages at once");
        settle();
        crowd.forEach(member -> assertEquals(List.of("joined e1:2000 true", "e1:1001..2000"), member.log()));
    }

    @Test
    void whoeverLeavesHoldsNoPlace() {
        fixture.publish(2_000);
        comeBack(1_000);
        Room room = fixture.registry.find(FakeSource.ROOM);
        crowd.subList(0, MEMBERS - 1).forEach(member -> fixture.registry.leave(room, member.member));
        drain();
        pass(5);
        assertEquals(1, source.pendingReads());
        settle();
        assertEquals(
                List.of("joined e1:2000 true", "e1:1001..2000"),
                crowd.get(MEMBERS - 1).log());
        assertEquals(0, fixture.timer.pending(), "nobody waits");
    }

    @Test
    void whoeverGoesLiveHoldsNoPlace() {
        fixture.publish(500);
        comeBack(0);
        beginAnew();
        pass(5);
        assertEquals(0, fixture.timer.pending(), "all were told behind, and nobody waits");
        assertEquals(
                List.of("joined e1:500 true", "behind 1 e2:7"),
                crowd.get(MEMBERS - 1).log());
    }

    @Test
    void isToldWhenNumberingBeginsAnewMeanwhile() {
        fixture.publish(2_000);
        comeBack(1_000);
        beginAnew();
        settle();
        crowd.forEach(member -> assertEquals(List.of("joined e2:7 false"), member.log()));
    }

    @Test
    void isToldOfMessagesThatTheHistoryLostMeanwhile() {
        fixture.publish(500);
        comeBack(0);
        fixture.publish(2 * KEPT);
        settle();
        fixture.publish(1);
        FakeMember last = crowd.get(MEMBERS - 1);
        assertEquals(List.of("joined e1:500 true", "behind 1 e1:6500", "e1:6501"), last.log());
    }

    private void comeBack(long offset) {
        for (int i = 0; i < MEMBERS; i++) {
            FakeMember member = FakeMember.quick();
            crowd.add(member);
            fixture.join(member, at(offset));
        }
        fixture.executor.runAll();
    }

    private void beginAnew() {
        source.beginEpoch("e2", 7);
        source.deliverAll();
        fixture.executor.runAll();
    }

    /** How many have been sent anything that they missed. */
    private int sent() {
        return (int) crowd.stream()
                .filter(member -> member.transport.frames().size() > 1)
                .count();
    }

    private void drain() {
        fixture.executor.runAll();
        while (source.pendingReads() > 0) {
            source.completeRead();
            fixture.executor.runAll();
        }
    }

    private void pass(long millis) {
        fixture.timer.advance(millis);
        fixture.executor.runAll();
    }

    private void settle() {
        drain();
        while (fixture.timer.pending() > 0) {
            pass(5);
            drain();
        }
    }
}
