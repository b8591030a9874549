package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.ManualExecutor;
import io.roomcast.support.ManualTransport;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FanOutTest {
    private static final int LARGE = 2 * FanOut.CHUNK_SIZE + 1;

    private final RoomFixture fixture = new RoomFixture(100, 100);
    private final ManualExecutor io = new ManualExecutor();

    private List<FakeMember> members(int count, Executor own) {
        List<FakeMember> members = IntStream.range(0, count)
                .mapToObj(i -> new FakeMember(ManualTransport.immediate().on(own), true))
                .toList();
        members.forEach(member -> fixture.join(member, null));
        fixture.source.completeSubscription();
        runEverything();
        return members;
    }

    private void runEverything() {
        while (!fixture.executor.isIdle() || !io.isIdle()) {
            fixture.executor.runAll();
            io.runAll();
        }
    }

    private static long holding(List<FakeMember> members, String last) {
        return members.stream().filter(member -> member.log().contains(last)).count();
    }

    @Test
    void aSmallRoomIsSentToByItsLane() {
        List<FakeMember> members = members(FanOut.CHUNK_SIZE, null);
        fixture.source.publish(1);
        fixture.executor.runNext();
        assertEquals(members.size(), holding(members, "e1:1"));
        assertTrue(fixture.executor.isIdle());
    }

    @Test
    void aConnectionThatThrowsTakesTheBatchFromNobody() {
        for (int crowd : new int[] {3, LARGE}) {
            RoomFixture room = new RoomFixture(100, 100);
            List<FakeMember> members = IntStream.range(0, crowd)
                    .mapToObj(i -> new FakeMember(ManualTransport.immediate(), true))
                    .toList();
            members.forEach(member -> room.join(member, null));
            room.source.completeSubscription();
            room.executor.runAll();
            members.get(1).transport.breakDown();
            room.publish(1);
            room.publish(1);
            assertEquals(crowd - 1, holding(members, "e1:1..2"));
            assertEquals(1, members.get(1).transport.closes(), "and it is closed");
        }
    }

    @Test
    void aLargeRoomIsSentToInSharesAndOthersComeBetween() {
        List<FakeMember> members = members(LARGE, null);
        fixture.source.publish(1);
        fixture.executor.runNext();
        assertEquals(0, holding(members, "e1:1"), "the lane itself sends nothing");
        assertEquals(3, fixture.executor.size());
        fixture.executor.runNext();
        assertEquals(FanOut.CHUNK_SIZE, holding(members, "e1:1"));
        fixture.executor.runAll();
        assertEquals(LARGE, holding(members, "e1:1"));
    }

    @Test
    void whatComesMeanwhileGathersAndGoesAsOneBatch() {
        List<FakeMember> members = members(LARGE, null);
        fixture.source.publish(1);
        fixture.executor.runNext();
        fixture.source.publish(2);
        fixture.source.publish(3);
        assertEquals(3, fixture.executor.size(), "nothing but shares: the lane waits for them");
        fixture.executor.runAll();
        assertEquals(LARGE, holding(members, "e1:1..6"));
        assertEquals(
                2,
                members.get(0).transport.sent().stream()
                        .filter(text -> text.contains("\"n\""))
                        .count());
    }

    @Test
    void eachThreadOfTheContainerGetsItsMembersAsOneTask() {
        List<FakeMember> members = members(10, io);
        fixture.source.publish(1);
        fixture.executor.runNext();
        assertEquals(0, holding(members, "e1:1"));
        assertEquals(1, io.size());
        io.runNext();
        assertEquals(10, holding(members, "e1:1"));
    }

    @Test
    void whatIsSaidToOneMemberDoesNotOvertakeItsShare() {
        List<FakeMember> members = members(2, io);
        fixture.source.publish(1);
        fixture.executor.runNext();
        members.get(0).unavailable();
        io.runAll();
        assertEquals(
                List.of("joined e1:0 false", "e1:1", "unavailable"),
                members.get(0).log());
    }

    @Test
    void aContainerThatEndsItsThreadsDoesNotStopTheRoom() {
        List<FakeMember> members = members(1, task -> {
            throw new RejectedExecutionException();
        });
        fixture.publish(1);
        fixture.publish(1);
        assertEquals(1, holding(members, "e1:1..2"));
    }

    @Test
    void aMemberThatLeavesBeforeItsShareIsSentStillGetsWhatCameBefore() {
        List<FakeMember> members = members(1, io);
        FakeMember witness = new FakeMember(ManualTransport.immediate(), true);
        fixture.join(witness, null);
        runEverything();
        fixture.source.publish(1);
        fixture.executor.runNext();
        fixture.registry.leave(fixture.registry.find(FakeSource.ROOM), members.get(0).member);
        fixture.source.publish(1);
        runEverything();
        assertEquals(1, holding(members, "e1:1"));
        assertTrue(witness.log().contains("e1:1..2"));
    }
}
