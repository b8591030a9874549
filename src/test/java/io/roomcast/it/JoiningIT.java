package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Frame;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ways into a room, and what may be asked from outside. */
class JoiningIT {
    @AutoClose
    private static TestServer server;

    private final String room = TestServer.newRoom();

    @AutoClose
    private final RoomClient ann = RoomClient.enter(server, room, "ann");

    @AutoClose
    private final RoomClient bob = RoomClient.connect(server.webSocket("ws?user=bob"));

    @BeforeAll
    static void open() {
        server = TestServer.open();
    }

    @Test
    void oneWhoIsNotPresentGetsTheMessagesAndIsNotSeen() {
        bob.say("{'type':'join','id':1,'room':'" + room + "','presence':false}");
        Frame joined = bob.next("joined");
        assertEquals(1, joined.number("members"), "ann");
        ann.say("{'content':'hi'}");
        assertEquals("hi", bob.next("message").content());
        bob.say("{'room':'" + room + "','content':'hello'}");
        ann.next("message");
        assertEquals("bob", ann.next("message").string("sender"));
        ann.say("{'type':'members','id':2}");
        assertEquals(1, ann.next("members").number("count"));

        bob.say("{'type':'join','id':3,'room':'" + room + "','presence':true}").next("joined");
        // Only now is he seen to come: what was sent before would come before.
        Frame came = ann.next(frame -> frame.is("presence") && frame.text().contains("bob"), "bob");
        assertTrue(came.content().contains("bob has joined"), came.text());
        assertEquals(2, came.number("count"));
        bob.say("{'type':'join','id':4,'room':'" + room + "','presence':false}").next("joined");
        Frame went = ann.next(frame -> frame.is("presence") && frame.text().contains("bob"), "bob");
        assertTrue(went.content().contains("bob has left"), went.text());
        ann.say("{'content':'still there?'}");
        assertEquals(
                "still there?",
                bob.next(f -> f.is("message") && f.offset() == 3, "the third").content());
    }

    @Test
    void manyRoomsAreJoinedWithOneFrame() {
        List<String> rooms =
                IntStream.range(0, 50).mapToObj(i -> room + "-" + i).toList();
        String names = rooms.stream().map(name -> "'" + name + "'").collect(Collectors.joining(","));
        bob.say("{'type':'join','id':7,'rooms':[" + names + ",{'id':8,'room':'" + room + "','presence':false}]}");
        Map<String, Long> answers = Stream.generate(() -> bob.next("joined"))
                .limit(51)
                .collect(Collectors.toMap(frame -> frame.string("room"), frame -> frame.number("id")));
        assertEquals(8, answers.remove(room));
        assertEquals(List.of(7L), answers.values().stream().distinct().toList());
        assertEquals(
                rooms.stream().sorted().toList(),
                answers.keySet().stream().sorted().toList());
        for (String name : rooms) {
            bob.say("{'room':'" + name + "','content':'" + name + "'}");
        }
        for (int i = 0; i < rooms.size(); i++) {
            Frame message = bob.next("message");
            assertEquals(message.string("room"), message.content());
        }
    }

    @Test
    void whoMayReadAsksFromOutside() {
        ann.say("{'id':1,'content':'one'}\n{'id':2,'content':'two'}").next("ack");
        ann.next("ack");
        bob.say("{'type':'history','id':1,'room':'" + room + "','limit':1}\n{'type':'members','id':2,'room':'" + room
                + "'}\n{'type':'history','id':3,'room':'" + room + "-nobody'}");
        Frame history = bob.next(frame -> frame.is("history") && frame.number("id") == 1, "the history");
        assertTrue(history.text().contains("two") && !history.text().contains("one"), history.text());
        Frame members = bob.next("members");
        assertEquals(1, members.number("count"));
        assertTrue(members.text().contains("ann"), members.text());
        ann.say("{'id':3,'content':'three'}").next(frame -> frame.is("ack") && frame.offset() == 3, "ack");
        assertFalse(
                bob.everythingUntilNow().stream().anyMatch(frame -> frame.is("message") || frame.is("presence")),
                "he is no member");
        ann.say("{'type':'members','id':4}");
        assertEquals(1, ann.next("members").number("count"), "nor present");
    }
}
