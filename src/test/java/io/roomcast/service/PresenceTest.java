package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.metrics.Counter;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import io.roomcast.service.CoreFixture.Client;
import io.roomcast.service.presence.PresenceAnnouncer;
import io.roomcast.support.Await;
import io.roomcast.support.ManualTransport;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who came and who went, as the others in the room are told. */
class PresenceTest {
    private static final long GRACE = 3_000;

    private final CoreFixture core = new CoreFixture(Map.of("roomcast.presence.names", "3"));
    private final Client witness = core.enter("witness");

    PresenceTest() {
        assertTrue(witness.news().contains("witness has joined the room"), "one who comes hears it too");
    }

    @Test
    void comingAndLeavingAreToldOnce() {
        Client ann = core.enter("ann");
        String came = witness.news();
        assertEquals(1, came.lines().count());
        assertTrue(came.contains("\"content\":\"ann has joined the room\""), came);
        assertTrue(
                came.contains("\"joined\":[{\"id\":\"ann\",\"name\":\"ann\"}]") && came.contains("\"left\":[]"), came);
        assertTrue(came.contains("\"count\":2") && came.contains("\"sender\":\"system\""), came);

        ann.send("{\"type\":\"leave\"}");
        String went = witness.news();
        assertEquals(1, went.lines().count());
        assertTrue(went.contains("\"content\":\"ann has left the room\"") && went.contains("\"count\":1"), went);
        ann.cut();
        core.advance(2 * GRACE);
        assertEquals("", witness.news(), "the end of the connection is no second leave");
    }

    @Test
    void aQuickReconnectShowsNothing() {
        for (int i = 0; i < 3; i++) {
            Client ann = core.enter("ann");
            core.advance(0);
            ann.cut();
            core.advance(GRACE - 1);
        }
        Client ann = core.enter("ann");
        core.advance(10 * GRACE);
        String told = witness.news();
        assertEquals(1, told.lines().count(), told);
        assertTrue(ann.news().contains("\"members\":2"), "and she is not counted twice");
    }

    @Test
    void oneWhoDoesNotComeBackHasLeftAfterTheGrace() {
        Client ann = core.enter("ann");
        witness.news();
        ann.cut();
        core.advance(GRACE - 1);
        assertEquals("", witness.news());
        core.advance(1);
        assertTrue(witness.news().contains("ann has left the room"));
        core.enter("ann");
        assertTrue(witness.news().contains("ann has joined the room"));
    }

    @Test
    void aUserOfTwoTabsComesWithTheFirstAndGoesWithTheLast() {
        Client first = core.enter("ann");
        Client second = core.enter("ann");
        assertEquals(1, witness.news().lines().count());
        first.cut();
        core.advance(2 * GRACE);
        assertEquals("", witness.news());
        second.send("{\"type\":\"leave\"}");
        assertTrue(witness.news().contains("ann has left the room"));
    }

    @Test
    void joiningAgainFromTheSameConnectionShowsNothing() {
        Client ann = core.enter("ann");
        witness.news();
        ann.send("{\"type\":\"join\"}");
        assertEquals("", witness.news());
        ann.send("{\"type\":\"leave\"}");
        assertTrue(witness.news().contains("ann has left the room"));
    }

    @Test
    void aConnectionThatEndsBeforeItIsInLeavesNothingBehind() {
        Client ann = core.enter("ann");
        ann.cut();
        core.advance(2 * GRACE);
        String told = witness.news();
        assertEquals(2, told.lines().count(), told);
        assertTrue(told.indexOf("ann has joined the room") < told.indexOf("ann has left the room"), told);
        witness.send("{\"type\":\"members\"}");
        assertTrue(witness.news().contains("\"users\":[{\"id\":\"witness\",\"name\":\"witness\"}]"));
    }

    @Test
    void whoLeavesAtOnceIsToldOfAsComingThenAsGoing() {
        Client ann = core.enter("ann");
        ann.send("{\"type\":\"leave\"}");
        core.advance(1_000);
        List<String> told = witness.news().lines().toList();
        assertEquals(2, told.size());
        assertTrue(told.get(0).contains("\"joined\":[{\"id\":\"ann\",\"name\":\"ann\"}]"), told.get(0));
        assertTrue(told.get(1).contains("\"left\":[{\"id\":\"ann\",\"name\":\"ann\"}]"), told.get(1));
    }

    @Test
    void whoIsCutOffAtOnceAndComesBackIsToldOf() {
        Client ann = core.enter("ann");
        ann.cut();
        core.enter("ann");
        core.advance(1_000);
        String told = witness.news();
        assertEquals(1, told.lines().count(), told);
        assertTrue(told.contains("\"joined\":[{\"id\":\"ann\",\"name\":\"ann\"}]"), told);
    }

    @Test
    void aRoomOverTheSizeIsToldCountsOnceASecond() {
        core.enter("a");
        core.enter("b");
        witness.news();
        for (int i = 0; i < 50; i++) {
            core.enter("user" + i);
        }
        assertEquals("", witness.news(), "not yet");
        core.advance(1_000);
        String counts = witness.news();
        assertEquals(1, counts.lines().count(), counts);
        assertTrue(counts.contains("\"content\":\"53 people are in the room\"") && counts.contains("\"count\":53"));
        assertTrue(counts.contains("\"joined\":[]"), counts);
        assertFalse(counts.contains("user"), counts);
        core.advance(10_000);
        assertEquals("", witness.news(), "nothing changes, nothing is told");
    }

    /** Its queue counts bytes of frames only. */
    @Test
    void aClientThatReadsNothingKeepsNoNamesOfWhoCameAndWent() {
        CoreFixture small = new CoreFixture(Map.of(LimitKeys.OUTBOUND_BYTES.name(), "256KiB"));
        Client slow = small.enter("slow", new ManualTransport());
        Client talker = small.enter("talker");
        small.advance(1_000);
        WeakReference<User> stranger = comesAndGoes(small);
        long waiting = slow.session.queue().waitingBytes();
        for (int i = 0; i < 40; i++) {
            talker.send("{\"content\":\"" + "x".repeat(16_000) + "\"}");
        }
        small.advance(1_000);
        assertTrue(slow.session.isOpen() && waiting > 0, "what waited was dropped for messages");
        assertTrue(small.metrics.get(Counter.QUEUE_NOTICES_DROPPED) > 0);
        assertTrue(Await.comesTrue(20, () -> {
            System.gc();
            return stranger.get() == null;
        }));
    }

    /** @return somebody whom nothing holds but what has to tell of the coming and going */
    private static WeakReference<User> comesAndGoes(CoreFixture core) {
        PresenceAnnouncer announcer = core.beans.get(PresenceAnnouncer.class);
        User user = new User(new UserId("stranger"), "S".repeat(200), null);
        RoomName lobby = new RoomName("lobby");
        announcer.presenceChanged(lobby, new PresenceChange(2, 3, 3, List.of(user), List.of(), List.of()));
        core.advance(1_000);
        announcer.presenceChanged(lobby, new PresenceChange(3, 4, 2, List.of(), List.of(), List.of(user.id())));
        core.advance(1_000);
        return new WeakReference<>(user);
    }
}
