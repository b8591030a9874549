package io.roomcast.room;

import static io.roomcast.room.RoomFixture.LINGER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rooms come up, linger and go. */
@ExtendWith(NoDefects.class)
class RoomRegistryTest {
    private final RoomFixture fixture = new RoomFixture(100, 100);
    private final FakeSource source = fixture.source;

    @Test
    void theFirstMemberSubscribesAndTheLastOneUnsubscribesAfterAWhile() {
        FakeMember member = FakeMember.quick();
        Room room = fixture.join(member, null);
        fixture.join(FakeMember.quick(), null);
        source.completeSubscription();
        fixture.executor.runAll();
        assertEquals(1, source.subscriptions);

        fixture.registry.leave(room, member.member);
        fixture.timer.advance(10 * LINGER);
        assertNotNull(fixture.registry.find(FakeSource.ROOM), "one is still here");

        fixture.registry.leave(room, member.member);
        fixture.timer.advance(LINGER - 1);
        assertNotNull(fixture.registry.find(FakeSource.ROOM));
        fixture.timer.advance(1);
        assertNull(fixture.registry.find(FakeSource.ROOM));
        assertEquals(1, source.unsubscriptions);
    }

    @Test
    void oneThatComesBackInTimeFindsItsRoomAndTheOldAppointmentIsVoid() {
        FakeMember member = fixture.witness();
        Room room = fixture.registry.find(FakeSource.ROOM);
        for (int i = 0; i < 5; i++) {
            fixture.registry.leave(room, member.member);
            fixture.timer.advance(LINGER - 100);
            assertSame(room, fixture.join(member, null));
            fixture.timer.advance(LINGER - 100);
        }
        assertEquals(1, source.subscriptions);
        assertEquals(0, source.unsubscriptions);
    }

    @Test
    void aRoomLingersFromTheLastLeaveOn() {
        FakeMember member = fixture.witness();
        Room room = fixture.registry.find(FakeSource.ROOM);
        fixture.registry.leave(room, member.member);
        fixture.timer.advance(LINGER - 100);
        fixture.join(member, null);
        fixture.registry.leave(room, member.member);
        fixture.timer.advance(LINGER - 1);
        assertSame(room, fixture.registry.find(FakeSource.ROOM));
        fixture.timer.advance(1);
        assertNull(fixture.registry.find(FakeSource.ROOM));
    }

    /** While a node stops, its timer ends before the last connection has closed. */
    @Test
    void membersLeaveAlsoWhenTheTimerHasEnded() {
        FakeMember member = fixture.witness();
        Room room = fixture.registry.find(FakeSource.ROOM);
        fixture.timer.shutdown();
        fixture.registry.leave(room, member.member);
        assertEquals(0, fixture.registry.members());
        FakeMember other = FakeMember.quick();
        assertSame(room, fixture.join(other, null));
        fixture.publish(1);
        assertEquals(List.of("joined e1:0 false", "e1:1"), other.log());
    }

    @Test
    void aRoomThatWasGivenUpComesUpAnewAndMissesNothing() {
        FakeMember member = fixture.witness();
        fixture.publish(2);
        fixture.registry.leave(fixture.registry.find(FakeSource.ROOM), member.member);
        fixture.timer.advance(LINGER);
        fixture.publish(3);

        FakeMember again = FakeMember.quick();
        fixture.join(again, RoomFixture.at(2));
        source.completeSubscription();
        fixture.executor.runAll();
        source.completeRead();
        fixture.publish(1);
        assertEquals(List.of("joined e1:5 true", "e1:3..6"), again.log());
    }

    @Test
    void aFailedSubscriptionRefusesEverybodyAndTheRoomCanBeJoinedLater() {
        FakeMember early = FakeMember.quick();
        FakeMember second = FakeMember.quick();
        FakeMember late = FakeMember.quick();
        fixture.join(early, null);
        fixture.join(second, RoomFixture.at(0));
        Room old = fixture.registry.open(FakeSource.ROOM);
        source.failSubscription();
        fixture.registry.join(old, late.member, null);
        fixture.executor.runAll();
        assertEquals(List.of("unavailable"), early.log());
        assertEquals(List.of("unavailable"), second.log());
        assertEquals(List.of("unavailable"), late.log());
        assertNull(fixture.registry.find(FakeSource.ROOM));

        FakeMember again = fixture.witness();
        fixture.publish(1);
        assertEquals(2, source.subscriptions);
        assertEquals(List.of("joined e1:0 false", "e1:1"), again.log());
    }

    @Test
    void whatIsToBeDoneNextIsDoneInAFailedRoomToo() {
        Room room = fixture.registry.open(FakeSource.ROOM);
        List<String> done = new ArrayList<>();
        room.runOnLane(() -> done.add("before"));
        source.failSubscription();
        room.runOnLane(() -> done.add("after"));
        fixture.executor.runAll();
        assertEquals(List.of("before", "after"), done);
    }

    @Test
    void whoLeavesAFailedRoomDoesNotCloseTheOneThatFollows() {
        FakeMember failed = FakeMember.quick();
        Room old = fixture.join(failed, null);
        source.failSubscription();
        fixture.executor.runAll();
        fixture.witness();
        fixture.registry.leave(old, failed.member);
        fixture.timer.advance(LINGER);
        assertNotNull(fixture.registry.find(FakeSource.ROOM));
        assertEquals(0, source.unsubscriptions);
    }

    @Test
    void whatIsDeliveredWhileTheRegistrySubscribesIsNotLost() {
        // The relay's thread delivers once the subscription is live: that may be before subscribe() has returned.
        source.duringSubscribe = () -> {
            source.completeSubscriptionAt(source.position());
            source.publish(1);
        };
        FakeMember member = FakeMember.quick();
        fixture.join(member, RoomFixture.at(0));
        fixture.executor.runAll();
        fixture.publish(1);
        assertEquals(List.of("joined e1:1 true", "e1:1..2"), member.log());
    }

    @Test
    void theSameSessionMayJoinAgainBeforeItsOldMemberLeft() {
        fixture.witness();
        FakeMember old = FakeMember.quick();
        FakeMember anew = FakeMember.quick();
        Room room = fixture.join(old, null);
        fixture.publish(1);
        fixture.registry.leave(room, old.member);
        fixture.join(anew, RoomFixture.at(1));
        fixture.publish(1);
        assertEquals(List.of("joined e1:0 false", "e1:1"), old.log());
        assertEquals(List.of("joined e1:1 true", "e1:2"), anew.log());
    }
}
