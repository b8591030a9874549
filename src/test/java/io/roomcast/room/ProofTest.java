package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A member returns with the time of the message at its position. If the room has another message there, it is told. */
@ExtendWith(NoDefects.class)
class ProofTest {
    private static final int RECENT = 600;
    private static final int KEPT = 3_000;
    private static final int LAST = 2_000;

    private final RoomFixture fixture = new RoomFixture(RECENT, KEPT);
    private final FakeSource source = fixture.source;
    private final FakeMember witness = fixture.witness();

    private static Position proven(long offset) {
        return new Position("e1", offset, FakeSource.timeOf(offset));
    }

    private static Position refuted(long offset) {
        return new Position("e1", offset, FakeSource.timeOf(offset) + 1);
    }

    /** Where the room stands; what is recent; what only the history has; the edge between the two. */
    @ParameterizedTest
    @ValueSource(longs = {LAST, LAST - 1, LAST - RECENT + 1, LAST - RECENT, LAST - RECENT - 1, 700, 1})
    void sameMessageIsRecovered(long offset) {
        fixture.publish(LAST);
        FakeMember member = comeBack(proven(offset));

        assertEquals("joined e1:2000 true", member.log().get(0));
        assertEquals(
                List.of(messagesFrom(offset + 1)),
                member.log().subList(1, member.log().size()));
    }

    @ParameterizedTest
    @ValueSource(longs = {LAST, LAST - 1, LAST - RECENT + 1, LAST - RECENT, LAST - RECENT - 1, 700, 1})
    void otherMessageIsNotRecovered(long offset) {
        fixture.publish(LAST);
        FakeMember member = comeBack(refuted(offset));

        assertEquals(List.of("joined e1:2000 false", "e1:2001"), member.log());
    }

    @Test
    void beforeTheFirstMessageNothingIsToProve() {
        fixture.publish(5);
        assertEquals(
                List.of("joined e1:5 true", "e1:1..6"), comeBack(refuted(0)).log());
    }

    /** The message at the position is gone, and all that follow are there. */
    @Test
    void whereTheHistoryDoesNotReachBackOnlyThePositionCounts() {
        fixture.publish(KEPT + 10);
        FakeMember member = comeBack(refuted(10));

        assertEquals(List.of("joined e1:3010 true", "e1:11..3011"), member.log());
    }

    @Test
    void historyThatIsGoneLeavesThePosition() {
        RoomFixture bare = new RoomFixture(RECENT, 0);
        bare.source.publish(7);
        FakeMember member = FakeMember.quick();
        bare.join(member, refuted(7));
        bare.source.completeSubscription();
        bare.executor.runAll();

        assertEquals(List.of("joined e1:7 true"), member.log());
        assertEquals(0, member.joined.at());
    }

    /** Nobody has heard the last message on this node: the relay says which one it is. */
    @Test
    void roomThatWasJustOpenedKnowsItsLastMessage() {
        RoomFixture fresh = new RoomFixture(RECENT, KEPT);
        fresh.source.publish(7);
        FakeMember same = FakeMember.quick();
        FakeMember other = FakeMember.quick();
        fresh.join(same, proven(7));
        fresh.join(other, refuted(7));
        fresh.source.completeSubscription();
        fresh.executor.runAll();

        assertEquals(List.of("joined e1:7 true"), same.log());
        assertEquals(List.of("joined e1:7 false"), other.log());
        assertEquals(0, fresh.source.pendingReads());
    }

    @Test
    void memberThatIsAheadIsComparedWithTheRelay() {
        fixture.publish(5);
        for (int i = 0; i < 3; i++) {
            source.store();
        }
        FakeMember same = FakeMember.quick();
        FakeMember other = FakeMember.quick();
        fixture.join(same, proven(8));
        fixture.join(other, refuted(8));
        drain();
        fixture.publish(1);

        assertEquals(List.of("joined e1:8 true", "e1:9"), same.log());
        assertEquals(List.of("joined e1:5 false", "e1:6..9"), other.log());
    }

    @Test
    void relayThatCannotTellLeavesOutOneThatIsAhead() {
        fixture.publish(5);
        source.store();
        FakeMember member = FakeMember.quick();
        fixture.join(member, proven(6));
        fixture.executor.runAll();
        source.failRead(0);
        fixture.executor.runAll();

        assertEquals(List.of("unavailable"), member.log());
    }

    /** The room has all that the member missed, but not the message before that. */
    @Test
    void relayThatCannotTellKeepsNothingFromOneWhomTheRoomCanServe() {
        fixture.publish(LAST);
        FakeMember served = FakeMember.quick();
        fixture.join(served, proven(LAST - RECENT));
        fixture.executor.runAll();
        source.failRead(0);
        fixture.executor.runAll();
        FakeMember older = FakeMember.quick();
        fixture.join(older, proven(LAST - RECENT - 1));
        fixture.executor.runAll();
        source.failRead(0);
        fixture.executor.runAll();

        assertEquals(List.of("joined e1:2000 true", messagesFrom(LAST - RECENT + 1, LAST)), served.log());
        assertEquals(List.of("unavailable"), older.log());
    }

    /** The node has not heard of the new epoch yet. Until then, the member is in the old one like all others. */
    @Test
    void relayThatHasBegunAnotherEpochKeepsNothingFromOneWhomTheRoomCanServe() {
        fixture.publish(LAST);
        FakeMember member = FakeMember.quick();
        fixture.join(member, proven(LAST - RECENT));
        fixture.executor.runAll();
        source.beginEpoch("e2", 0);
        source.completeRead();
        fixture.executor.runAll();

        assertEquals(List.of("joined e1:2000 true", messagesFrom(LAST - RECENT + 1, LAST)), member.log());
    }

    /** One page for all of them, and its proof with it. */
    @Test
    void crowdSharesThePageAndItsProof() {
        fixture.publish(LAST);
        List<FakeMember> crowd = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            crowd.add(FakeMember.quick());
            fixture.join(crowd.get(i), i % 10 == 3 ? refuted(900) : proven(900));
        }
        int reads = drain();
        fixture.publish(1);

        assertTrue(reads < 20, reads + " reads for one page");
        for (int i = 0; i < 100; i++) {
            assertEquals(
                    i % 10 == 3
                            ? List.of("joined e1:2000 false", "e1:2001")
                            : List.of("joined e1:2000 true", "e1:901..2001"),
                    crowd.get(i).log());
        }
    }

    /** A page that was read without looking at the message before it says nothing about that message. */
    @Test
    void pageWithoutAProofServesNobodyWhoNeedsOne() {
        fixture.publish(LAST);
        FakeMember trusting = FakeMember.slow();
        fixture.join(trusting, new Position("e1", 900));
        fixture.executor.runAll();
        source.completeRead();
        fixture.executor.runAll();
        FakeMember other = comeBack(refuted(900));

        assertEquals(List.of("joined e1:2000 false", "e1:2001"), other.log());
    }

    @Test
    void proofThatFillsItsPageIsFollowedByTheRest() {
        fixture.publish(LAST);
        source.pageMessages = 1;
        FakeMember member = FakeMember.quick();
        fixture.join(member, proven(LAST - RECENT - 2));
        fixture.executor.runAll();
        source.completeRead();
        fixture.executor.runAll();
        assertEquals(List.of("joined e1:2000 true"), member.log());
        source.pageMessages = Integer.MAX_VALUE;
        drain();

        assertEquals(List.of("joined e1:2000 true", messagesFrom(LAST - RECENT - 1, LAST)), member.log());
    }

    /** Every position that a member is told has its proof. */
    @Test
    void joinedSaysWhichMessageIsThere() {
        assertEquals(new Position("e1", 0), witness.joined);
        fixture.publish(3);
        assertEquals(proven(3), comeBack(null).joined);
        fixture.publish(1);
        assertEquals(proven(5), comeBack(proven(2)).joined);
        source.lose(2);
        source.deliverAll();
        assertEquals(proven(8), comeBack(null).joined);
    }

    private FakeMember comeBack(Position since) {
        FakeMember member = FakeMember.quick();
        fixture.join(member, since);
        drain();
        fixture.publish(1);
        return member;
    }

    private static String messagesFrom(long first) {
        return messagesFrom(first, LAST + 1);
    }

    private static String messagesFrom(long first, long last) {
        return first == last ? "e1:" + first : "e1:" + first + ".." + last;
    }

    /** @return how many reads it took */
    private int drain() {
        int reads = 0;
        fixture.executor.runAll();
        while (source.pendingReads() > 0) {
            reads++;
            source.completeRead();
            fixture.executor.runAll();
        }
        return reads;
    }
}
