package io.roomcast.room;

import static io.roomcast.room.RoomFixture.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.support.ManualTransport;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Members come, get everything, and go. */
class RoomTest {
    private final RoomFixture room = new RoomFixture(100, 100);

    @Test
    void aMemberGetsWhatIsDeliveredAfterItJoined() {
        FakeMember first = room.witness();
        room.publish(2);
        FakeMember second = FakeMember.quick();
        room.join(second, null);
        room.publish(2);
        assertEquals(List.of("joined e1:0 false", "e1:1..4"), first.log());
        assertEquals(List.of("joined e1:2 false", "e1:3..4"), second.log());
    }

    @Test
    void whatGatheredIsEncodedOnceAndGoesAsOneWebSocketFrame() {
        FakeMember first = room.witness();
        FakeMember second = FakeMember.quick();
        room.join(second, null);
        room.executor.runAll();
        room.publish(5);
        assertEquals(2, first.transport.sent().size(), "joined, and one batch");
        assertEquals(List.of("joined e1:0 false", "e1:1..5"), first.log());
        // The very same text: encoded for the room, not for each member.
        assertSame(first.transport.sent().get(1), second.transport.sent().get(1));
    }

    @Test
    void whatGatheredIsOneFrameHoweverLongItTakes() {
        FakeMember member = room.witness();
        room.eachLook = Lane.SLICE_NANOS;
        room.publish(5);
        assertEquals(2, member.transport.sent().size(), "joined, and one batch");
    }

    @Test
    void largeMessagesLetOthersHaveTheThreadBetweenTwoFrames() {
        FakeMember member = room.witness();
        room.eachLook = Lane.SLICE_NANOS;
        Room lobby = room.registry.find(FakeSource.ROOM);
        LongStream.rangeClosed(1, 4)
                .forEach(offset -> lobby.deliver(
                        new StoredMessage(offset, " ".repeat(40_000).getBytes(UTF_8))));
        room.executor.runNext();
        assertEquals(2, member.transport.sent().size(), "joined, and the frame that two of them filled");
        assertEquals(2, lobby.waitingEvents());
        room.executor.runAll();
        assertEquals(3, member.transport.sent().size());
    }

    @Test
    void aCrowdThatJoinsLetsOthersHaveTheThread() {
        room.witness();
        List<FakeMember> crowd = Stream.generate(this::costly).limit(3).toList();
        crowd.forEach(member -> room.join(member, null));
        for (int joined = 1; joined <= 3; joined++) {
            assertEquals(1, room.executor.size());
            room.executor.runNext();
            assertEquals(
                    joined,
                    crowd.stream().filter(member -> !member.log().isEmpty()).count());
        }
        assertTrue(room.executor.isIdle());
    }

    /** One whose join takes the lane a whole slice of time. */
    private FakeMember costly() {
        return new FakeMember(ManualTransport.immediate(), true) {
            @Override
            public void joined(Position position, boolean recovered) {
                super.joined(position, recovered);
                room.timer.advance(TimeUnit.NANOSECONDS.toMillis(Lane.SLICE_NANOS));
            }
        };
    }

    @Test
    void whatIsDeliveredBeforeTheSubscriptionIsPositionedIsHeldAndNotRepeated() {
        FakeMember member = FakeMember.quick();
        room.source.publish(3);
        room.join(member, at(1));
        Position live = room.source.position();
        room.source.publish(2);
        room.executor.runAll();
        assertEquals(List.of(), member.log());

        // Positioned where it became live: what was held comes after it. The history has it all as well.
        room.source.completeSubscriptionAt(live);
        room.executor.runAll();
        room.source.completeRead();
        room.publish(1);
        assertEquals(List.of("joined e1:5 true", "e1:2..6"), member.log());
    }

    @Test
    void oneThatLeftGetsNothingMore() {
        FakeMember stays = room.witness();
        FakeMember leaves = FakeMember.quick();
        Room joined = room.join(leaves, null);
        room.publish(1);
        room.registry.leave(joined, leaves.member);
        room.publish(1);
        assertEquals(List.of("joined e1:0 false", "e1:1"), leaves.log());
        assertEquals(List.of("joined e1:0 false", "e1:1..2"), stays.log());
        assertEquals(1, joined.size());
    }

    @Test
    void leavingTwiceOrBeforeBeingInHurtsNobody() {
        FakeMember stays = room.witness();
        FakeMember leaves = FakeMember.quick();
        Room joined = room.join(leaves, null);
        joined.post(new RoomEvent.Leave(leaves.member, () -> {}));
        joined.post(new RoomEvent.Leave(leaves.member, () -> {}));
        joined.post(new RoomEvent.Leave(FakeMember.quick().member, () -> {}));
        room.publish(1);
        assertEquals(1, joined.size());
        assertEquals(List.of("joined e1:0 false", "e1:1"), stays.log());
    }

    @Test
    void signalsGoToThoseWhoWantThemAndPresenceToAll() {
        FakeMember everything = room.witness();
        FakeMember plain = new FakeMember(ManualTransport.immediate(), false);
        Room joined = room.join(plain, null);
        joined.signal(EncodedFrame.of(FrameKind.SIGNAL, "typing"));
        joined.announce(EncodedFrame.of(FrameKind.PRESENCE, "ann came"), 1);
        room.executor.runAll();
        assertEquals(List.of("joined e1:0 false", "typing", "ann came"), everything.log());
        assertEquals(List.of("joined e1:0 false", "ann came"), plain.log());
    }

    @Test
    void presenceGoesToThoseWhoMaySeeItNow() {
        AtomicBoolean maySee = new AtomicBoolean();
        FakeMember member = FakeMember.of(new Member.Scope(true, true, maySee::get));
        Room joined = room.join(member, null);
        room.source.completeSubscription();
        joined.announce(EncodedFrame.of(FrameKind.PRESENCE, "ann came"), 1);
        room.executor.runAll();
        maySee.set(true);
        joined.announce(EncodedFrame.of(FrameKind.PRESENCE, "bob came"), 2);
        room.executor.runAll();
        assertEquals(List.of("joined e1:0 false", "bob came"), member.log());
    }

    @Test
    void announcementsKeepTheirPlaceAmongMessages() {
        FakeMember member = room.witness();
        room.source.publish(1);
        room.registry.find(FakeSource.ROOM).announce(EncodedFrame.of(FrameKind.PRESENCE, "ann came"), 1);
        room.source.publish(1);
        room.executor.runAll();
        assertEquals(List.of("joined e1:0 false", "e1:1", "ann came", "e1:2"), member.log());
    }

    @Test
    void whatASlowMemberMissesIsToldOfAfterTheJoinThatItBelongsTo() {
        FakeMember slow = new FakeMember(new ManualTransport(), true, 60);
        Room joined = room.join(slow, null);
        room.source.completeSubscription();
        room.executor.runAll();
        for (int i = 0; i < 5; i++) {
            room.publish(1);
        }
        room.registry.leave(joined, slow.member);
        room.join(new Member(slow.queue, Member.Scope.ALL, slow, null), null);
        for (int i = 0; i < 5; i++) {
            room.publish(1);
        }
        slow.transport.completeAll();
        assertEquals(List.of("joined e1:0 false", "behind 1 e1:5", "joined e1:5 false", "behind 6 e1:10"), slow.log());
        room.publish(1);
        assertEquals("e1:11", slow.log().get(4));
    }

    @Test
    void aListenerThatThrowsCostsTheOthersNothing() {
        FakeMember stays = room.witness();
        room.source.publish(1);
        room.join(broken(), null);
        room.source.publish(1);
        room.executor.runAll();
        assertEquals(List.of("joined e1:0 false", "e1:1..2"), stays.log());
        room.publish(1);
        assertEquals(List.of("joined e1:0 false", "e1:1..3"), stays.log());
        assertFalse(room.registry.all().isEmpty());
    }

    @Test
    void norThoseWhoWaitBehindItForTheRoomToOpen() {
        room.join(broken(), null);
        FakeMember second = FakeMember.quick();
        room.join(second, null);
        room.source.completeSubscription();
        room.executor.runAll();
        assertEquals(List.of("joined e1:0 false"), second.log());
    }

    private static FakeMember broken() {
        return new FakeMember(ManualTransport.immediate(), true) {
            @Override
            public void joined(Position position, boolean recovered) {
                throw new IllegalStateException("a defect of one member");
            }
        };
    }
}
