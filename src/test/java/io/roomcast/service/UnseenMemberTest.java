package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.service.CoreFixture.Client;
import io.roomcast.support.Stages;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Joining without being present: a member who gets the messages, of whom nobody is told. */
class UnseenMemberTest {
    private static final long LONG_ENOUGH_MS = 10_000;
    private static final RoomName LOBBY = new RoomName("lobby");

    private final CoreFixture core = new CoreFixture(Map.of("roomcast.rooms.lobby.members", "2"));
    private final Client witness = core.enter("witness");
    private final Client ann = core.connect("ann");

    UnseenMemberTest() {
        witness.news();
    }

    @Test
    void getsTheMessagesAndIsNotSeenToComeOrGo() {
        String joined = join(false);
        assertTrue(joined.contains("\"members\":1") && joined.contains("\"user\":\"ann\""), joined);
        assertFalse(joined.contains("has joined"), joined);
        witness.send("{\"content\":\"hi\",\"id\":1}");
        assertTrue(ann.news().contains("\"content\":\"hi\""));
        ann.send("{\"room\":\"lobby\",\"content\":\"and hello\"}");
        assertTrue(witness.news().contains("and hello"), "he is a member");
        assertEquals("[witness]", usersOfTheStore());
        ann.send("{\"type\":\"members\",\"room\":\"lobby\"}");
        String members = ann.news();
        assertTrue(members.contains("\"count\":1") && members.contains("\"users\":[{\"id\":\"witness\""), members);

        core.enter("bob");
        core.advance(LONG_ENOUGH_MS);
        assertTrue(ann.news().contains("bob has joined"), "he sees others come");
        witness.news();
        ann.send("{\"type\":\"leave\",\"room\":\"lobby\"}");
        assertTrue(ann.news().contains("\"type\":\"left\""));
        core.advance(LONG_ENOUGH_MS);
        join(false);
        ann.cut();
        core.advance(LONG_ENOUGH_MS);
        assertEquals("", witness.news());
        assertEquals("[bob, witness]", usersOfTheStore());
    }

    @Test
    void fitsIntoAFullRoomUntilHeIsSeen() {
        core.enter("bob");
        join(false);
        core.advance(LONG_ENOUGH_MS);
        String full = answerTo("\"presence\":true");
        assertTrue(full.contains("room_full"), full);
        assertEquals("[bob, witness]", usersOfTheStore());
        witness.send("{\"content\":\"hi\"}");
        assertTrue(ann.news().contains("\"content\":\"hi\""), "he stays as he was");
        witness.news();
        ann.cut();
        core.advance(LONG_ENOUGH_MS);
        assertEquals("", witness.news());
    }

    @Test
    void isNoPlaceLessForOthers() {
        join(false);
        assertTrue(core.enter("bob").news().contains("\"type\":\"joined\""));
    }

    @Test
    void aSecondJoinSwitches() {
        join(false);
        String seen = join(true);
        core.advance(LONG_ENOUGH_MS);
        seen += ann.news();
        assertEquals(1, seen.split("ann has joined the room", -1).length - 1, "once: " + seen);
        assertEquals(1, witness.news().split("ann has joined the room", -1).length - 1);
        assertEquals("[ann, witness]", usersOfTheStore());

        join(true);
        core.advance(LONG_ENOUGH_MS);
        assertEquals("", witness.news(), "nothing to switch");

        join(false);
        core.advance(LONG_ENOUGH_MS);
        String gone = witness.news();
        assertTrue(gone.contains("ann has left the room") && gone.contains("\"count\":1"), gone);
        assertEquals("[witness]", usersOfTheStore());
        witness.send("{\"content\":\"still there\"}");
        assertEquals(1, ann.news().split("still there", -1).length - 1, "and gets each message once");
        ann.cut();
        core.advance(LONG_ENOUGH_MS);
        assertEquals(1, witness.news().lines().count(), "the own message, and no second leave");
    }

    @Test
    void theSwitchIsSeenAtOnceByRequestsBehindIt() {
        for (int i = 0; i < 20; i++) {
            ann.send(frame("\"presence\":" + (i % 2 == 0)));
        }
        ann.send(frame("\"presence\":true"));
        ann.news();
        core.advance(LONG_ENOUGH_MS);
        assertEquals("[ann, witness]", usersOfTheStore());
    }

    @Test
    void anotherSessionOfTheUserIsSeenAllTheSame() {
        Client tab = core.enter("ann");
        join(false);
        core.advance(LONG_ENOUGH_MS);
        witness.news();
        ann.send("{\"type\":\"leave\",\"room\":\"lobby\"}");
        core.advance(LONG_ENOUGH_MS);
        assertEquals("", witness.news());
        tab.send("{\"type\":\"leave\"}");
        core.advance(LONG_ENOUGH_MS);
        assertTrue(witness.news().contains("ann has left the room"));
    }

    @Test
    void whoComesBackUnseenGetsWhatHeMissed() {
        String joined = join(false);
        String epoch = joined.replaceAll("(?s).*\"epoch\":\"([^\"]+)\".*", "$1");
        ann.cut();
        witness.send("{\"content\":\"meanwhile\"}");
        Client back = core.connect("ann");
        back.send(frame("\"presence\":false,\"since\":{\"epoch\":\"" + epoch + "\",\"offset\":0}"));
        String news = back.news();
        assertTrue(news.contains("\"recovered\":true") && news.contains("meanwhile"), news);
    }

    private String join(boolean presence) {
        String answer = answerTo("\"presence\":" + presence);
        assertTrue(answer.contains("\"type\":\"joined\""), answer);
        return answer;
    }

    private String answerTo(String members) {
        ann.news();
        ann.send(frame(members));
        return ann.news();
    }

    private static String frame(String members) {
        return "{\"type\":\"join\",\"room\":\"lobby\"," + members + "}";
    }

    private String usersOfTheStore() {
        return Stages.get(core.backEnd.members(LOBBY)).users().stream()
                .map(User::name)
                .toList()
                .toString();
    }
}
