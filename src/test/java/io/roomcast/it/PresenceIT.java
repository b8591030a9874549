package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.roomcast.support.Frame;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who is here, who comes and goes, and who is typing. */
class PresenceIT {
    @AutoClose
    private static TestServer server;

    private final String room = TestServer.newRoom();

    @AutoClose
    private final RoomClient ann = RoomClient.enter(server, room, "ann");

    @BeforeAll
    static void open() {
        server = TestServer.open();
    }

    @Test
    void comingAndGoingAreToldInPlainText() {
        ann.next("presence");
        RoomClient bob = RoomClient.enter(server, room, "bob");
        Frame came = ann.next("presence");
        assertEquals("bob has joined the room", came.content());
        assertEquals("system", came.string("sender"));
        assertEquals(
                "[{\"id\":\"bob\",\"name\":\"bob\"}]",
                came.json().getJsonArray("joined").toString());
        assertEquals("[]", came.json().getJsonArray("left").toString());
        assertEquals(2, came.number("count"));
        assertEquals(room, came.string("room"));

        bob.say("{'type':'leave','id':1}");
        bob.next("left");
        Frame went = ann.next("presence");
        assertEquals("bob has left the room", went.content());
        assertEquals(
                "[{\"id\":\"bob\",\"name\":\"bob\"}]",
                went.json().getJsonArray("left").toString());
        assertEquals(1, went.number("count"));
        bob.close();
    }

    @Test
    void oneWhoClosesIsGoneAfterTheGrace() {
        ann.next("presence");
        RoomClient bob = RoomClient.enter(server, room, "bob");
        ann.next(f -> f.is("presence") && f.content().startsWith("bob"), "bob's coming");
        bob.close();
        assertEquals("bob has left the room", ann.next("presence").content());
    }

    @Test
    void membersAreListedInOrder() {
        try (RoomClient zoe = RoomClient.enter(server, room, "zoe");
                RoomClient bob = RoomClient.enter(server, room, "bob");
                RoomClient tab = RoomClient.enter(server, room, "bob")) {
            tab.say("{'type':'members','id':5}");
            Frame members = tab.next("members");
            assertEquals(5, members.number("id"));
            assertEquals(3, members.number("count"));
            assertEquals(
                    "[{\"id\":\"ann\",\"name\":\"ann\"},{\"id\":\"bob\",\"name\":\"bob\"},{\"id\":\"zoe\",\"name\":\"zoe\"}]",
                    members.json().getJsonArray("users").toString());
            assertEquals(
                    List.of(),
                    List.of(zoe, bob).stream().filter(c -> !c.isOpen()).toList());
        }
    }

    @Test
    void anAddressCanJoinUnseen() {
        ann.next("presence");
        try (RoomClient unseen = RoomClient.connect(inRoom("bob?presence=false"));
                RoomClient plain = RoomClient.plain(inRoom("eve?presence=false"))) {
            assertEquals(1, unseen.next("joined").number("members"));
            plain.next("joined");
            unseen.say("{'content':'hi'}");
            assertEquals("hi", ann.next("message").content());
            assertEquals("hi", plain.next("message").content());
            ann.say("{'type':'members'}");
            assertEquals(1, ann.next("members").number("count"));
            unseen.say("{'type':'join'}");
            unseen.next("joined");
            assertEquals("bob has joined the room", ann.next("presence").content(), "the first of whom is told");
        }
        try (RoomClient seen = RoomClient.connect(inRoom("zoe?presence=true"))) {
            assertEquals("zoe", seen.next("joined").string("user"));
            ann.next(frame -> frame.is("presence") && frame.content().contains("zoe has joined"), "zoe");
        }
        try (RoomClient wrong = RoomClient.connect(inRoom("ann?presence=no"))) {
            assertEquals("bad_request", wrong.error());
            assertEquals(1008, wrong.awaitClose());
        }
    }

    private URI inRoom(String userAndQuery) {
        return server.webSocket("ws/" + room + "/" + userAndQuery);
    }

    @Test
    void signalsReachWhoIsHereAndAreNeverStored() {
        try (RoomClient bob = RoomClient.enter(server, room, "bob");
                RoomClient plain = RoomClient.plain(server.room(room, "plain"))) {
            plain.next("joined");
            bob.say("{'type':'signal','signal':'typing','content':'…'}\n{'type':'signal','signal':'stopped'}");
            Frame typing = ann.next("signal");
            assertEquals("typing", typing.string("signal"));
            assertEquals("bob", typing.string("sender"));
            assertEquals("…", typing.content());
            assertFalse(ann.next("signal").has("content"));
            bob.say("{'id':1,'content':'hi'}");
            plain.next("message");
            assertFalse(plain.texts().toString().contains("typing"), "plain clients would print it");
            ann.say("{'type':'history'}");
            assertEquals(1, ann.next("history").json().getJsonArray("messages").size());
        }
    }

    @Test
    void namesOfManyScriptsWorkInTheAddress() {
        String other = "日本-" + TestServer.newRoom();
        try (RoomClient named = RoomClient.connect(server.room(other, "Jürgen@home"));
                RoomClient asked = RoomClient.connect(server.webSocket("ws?user=" + TestServer.encoded("हिन्दी")))) {
            Frame joined = named.next("joined");
            assertEquals(other, joined.string("room"));
            assertEquals("Jürgen@home", joined.string("user"));
            asked.say("{'type':'join','room':'" + other + "'}");
            assertEquals("हिन्दी", asked.next("joined").string("user"));
        }
    }
}
