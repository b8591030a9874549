package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Author;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.PresenceStore;
import io.roomcast.service.CoreFixture.Client;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What members of a room with settings of its own are answered. */
class RoomSettingsInUseTest {
    private static final Pattern RETRY = Pattern.compile("\"retryAfterMs\":(\\d+)");

    @Test
    void aRoomThatCountsNamesNobody() {
        CoreFixture core = new CoreFixture(Map.of("roomcast.rooms.lob*.presence", "count"));
        Client ann = core.enter("ann");
        core.enter("ben");
        core.advance(5_000);
        String told = ann.news();
        assertTrue(told.contains("\"count\":2"), told);
        assertFalse(told.contains("ben"), told);
        ann.send("{\"type\":\"members\"}");
        String members = ann.news();
        assertTrue(members.contains("\"count\":2") && members.contains("\"users\":[]"), members);
        assertEquals(2, roster(core).users().size(), "back ends see them");
    }

    private static PresenceStore.Roster roster(CoreFixture core) {
        return core.backEnd.members(new RoomName("lobby")).toCompletableFuture().join();
    }

    @Test
    void aRoomSaysWhatEverybodyMayDoInIt() {
        CoreFixture core = new CoreFixture(Map.of(
                "roomcast.rooms.news*.permissions", "read, history", "roomcast.rooms.news-talk.permissions", "*"));
        Client ann = core.connect("ann");
        for (String room : List.of("news", "news-talk", "lobby")) {
            ann.send("{\"type\":\"join\",\"room\":\"" + room + "\"}");
            assertTrue(ann.news().contains("\"joined\""), room);
            ann.send("{\"room\":\"" + room + "\",\"content\":\"hello\",\"id\":1}");
            assertTrue(ann.news().contains(room.equals("news") ? "\"code\":\"forbidden\"" : "\"ack\""), room);
        }
        assertTrue(core.backEnd.settings(new RoomName("news-uk")).toString().contains("rooms.news*.permissions"));
    }

    @Test
    void aRoomWithoutPresenceTellsNothing() {
        CoreFixture core = new CoreFixture(Map.of("roomcast.rooms.lobby.presence", "none"));
        Client ann = core.enter("ann");
        Client ben = core.enter("ben");
        core.advance(5_000);
        ben.send("{\"type\":\"leave\"}");
        core.advance(5_000);
        String told = ann.news();
        assertEquals(1, told.lines().count(), told);
        assertTrue(told.contains("\"joined\"") && !told.contains("\"members\""), told);
        ann.send("{\"type\":\"members\",\"id\":7}");
        String refused = ann.news();
        assertTrue(refused.contains("\"code\":\"forbidden\"") && refused.contains("\"id\":7"), refused);
        assertEquals(1, roster(core).count());
    }

    @Test
    void aRoomHasItsOwnMostMembersWhateverTheLimitBecomes() {
        CoreFixture core = new CoreFixture(Map.of("roomcast.rooms.lobby.members", "1"));
        Client ann = core.enter("ann");
        ann.news();
        core.limits.set(LimitKeys.ROOM_USERS.name(), "2", new Author("test"));
        String refused = core.enter("ben").news();
        assertTrue(refused.contains("\"code\":\"room_full\""), refused);
        core.advance(10_000);
        assertEquals("", ann.news(), "nobody is told of who was refused");
        assertEquals(1, core.metrics.limits().get(LimitKeys.ROOM_USERS.name()));

        Client guest = core.connect("cat");
        guest.send("{\"type\":\"join\",\"room\":\"hall\"}");
        assertTrue(guest.news().contains("joined"));
        core.connect("dan").send("{\"type\":\"join\",\"room\":\"hall\"}");
        Client last = core.connect("eve");
        last.send("{\"type\":\"join\",\"room\":\"hall\"}");
        assertTrue(last.news().contains("room_full"), "the limit of the node, as it was changed");
    }

    @Test
    void theSendersOfARoomShareItsRateAndAreToldToComeBackOneAfterTheOther() {
        CoreFixture core = new CoreFixture(Map.of("roomcast.rooms.lobby.publish-rate", "1"));
        Client ann = core.enter("ann");
        Client ben = core.enter("ben");
        ann.news();
        ben.news();
        for (int i = 0; i < 5; i++) {
            (i % 2 == 0 ? ann : ben).send("{\"type\":\"publish\",\"content\":\"x\"}");
        }
        assertFalse(ann.news().contains("rate_limited"));
        assertFalse(ben.news().contains("rate_limited"));
        ann.send("{\"type\":\"publish\",\"content\":\"x\"}");
        ben.send("{\"type\":\"publish\",\"content\":\"x\"}");
        retryAfterMs(ben.news());
        ben.send("{\"type\":\"publish\",\"content\":\"x\"}");
        long first = retryAfterMs(ann.news());
        long last = retryAfterMs(ben.news());
        assertTrue(last >= first + 500, first + " ms, then " + last + " ms");

        Client cat = core.connect("cat");
        cat.send("{\"type\":\"join\",\"room\":\"hall\"}");
        for (int i = 0; i < 20; i++) {
            cat.send("{\"type\":\"publish\",\"room\":\"hall\",\"content\":\"x\"}");
        }
        assertFalse(cat.news().contains("rate_limited"), "another room");
    }

    private static long retryAfterMs(String told) {
        Matcher found = RETRY.matcher(told);
        assertTrue(found.find() && told.contains("rate_limited"), told);
        return Long.parseLong(found.group(1));
    }

    @Test
    void aRoomTakesMessagesOfAnyoneIfItSaysSo() {
        CoreFixture core = new CoreFixture(Map.of("roomcast.rooms.lobby.publish", "anyone"));
        Client ann = core.enter("ann");
        ann.news();
        Client ben = core.connect("ben");
        ben.send("{\"type\":\"publish\",\"id\":1,\"room\":\"lobby\",\"content\":\"hello\"}");
        String answer = ben.news();
        assertTrue(answer.contains("\"ack\"") && answer.contains("\"offset\":1"), answer);
        assertTrue(ann.news().contains("hello"));
        ben.send("{\"type\":\"publish\",\"id\":2,\"room\":\"empty\",\"content\":\"hello\"}");
        assertTrue(ben.news().contains("not_joined"), "in other rooms he must be a member");
        ben.send("{\"type\":\"signal\",\"id\":3,\"room\":\"lobby\",\"signal\":\"typing\"}");
        assertTrue(ben.news().contains("not_joined"), "signals are for members");
    }

    @Test
    void aRoomKeepsItsOwnHistory() {
        CoreFixture core = new CoreFixture(Map.of("roomcast.rooms.lobby.history.size", "2"));
        Client ann = core.enter("ann");
        for (String text : new String[] {"one", "two", "three"}) {
            ann.send("{\"type\":\"publish\",\"content\":\"" + text + "\"}");
        }
        ann.news();
        ann.send("{\"type\":\"history\"}");
        String history = ann.news();
        assertTrue(history.contains("two") && history.contains("three") && !history.contains("one"), history);
    }
}
